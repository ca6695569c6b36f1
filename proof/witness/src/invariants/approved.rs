//! I3: nothing reaches the cluster without a decision of somebody else who may decide.

use serde_json::json;
use std::collections::BTreeSet;

use super::{Findings, Invariant, Violation};
use crate::audit::{Record, hash};
use crate::cluster::ClusterCall;
use crate::database::Ticket;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I3",
    promise: "no machine, deletion or power action without an approval of an eligible other person before it",
    undecided: &[
        "quorum above one: no such policy yet",
        "power actions: no such operation yet",
        "that the bytes applied are those approved: the gateway keeps no bodies; the digest is recomputed instead",
    ],
    check,
};

/// Finds what breaks I3.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for ticket in &evidence.database.tickets {
        let records = evidence.records_of(ticket.id);
        let approvals: Vec<_> = records.iter().copied().filter(|record| record.is("approval.approve")).collect();
        findings.expect(approvals.len() <= 1, ticket.id, None, || format!("{} approvals", approvals.len()));
        for approval in &approvals {
            eligible(evidence, ticket, approval, &mut findings);
            bound(evidence, ticket, approval, &mut findings);
        }
        for call in evidence.cluster_of(ticket).into_iter().filter(|call| call.is_mutation()) {
            let before = |record: &Record| record.at <= call.arrived_by();
            let approved = approvals.iter().any(|record| before(record));
            findings.expect(approved, ticket.id, call.at, || format!("{} before any approval", words(call)));
            let undone = records.iter().any(|record| record.is("execution.undo") && before(record));
            findings.expect(!call.is_deletion() || undone, ticket.id, call.at, || {
                format!("{} before the undo was noted", words(call))
            });
        }
    }
    strangers(evidence, &mut findings);
    findings.done()
}

/// Of the rules on who may decide, those that the database still shows.
fn eligible(evidence: &Evidence, ticket: &Ticket, approval: &Record, findings: &mut Findings) {
    let (who, requester) = (approval.actor_id, ticket.requester_id);
    findings.expect(who != requester, ticket.id, approval.at, || format!("{who} approved their own request"));
    let person = evidence.database.principals.iter().find(|row| row.id == who && row.tenant_id == ticket.tenant_id);
    let is_person = person.is_some_and(|row| row.kind == "USER" && row.created_by != requester);
    findings.expect(is_person, ticket.id, approval.at, || format!("{who} is nobody, or the requester's creature"));
    let holds = evidence.database.bindings.iter().any(|binding| {
        binding.principal_id == who
            && binding.role == "Approver"
            && binding.granted_by != requester
            && binding.workspace_id.is_none_or(|workspace| workspace == ticket.workspace_id)
    });
    findings.expect(holds, ticket.id, approval.at, || format!("{who} may not approve"));
}

/// The record, the stored decision and the stored manifest have one digest.
fn bound(evidence: &Evidence, ticket: &Ticket, approval: &Record, findings: &mut Findings) {
    let (request, vm) = (evidence.request_of(ticket.id), evidence.vm_of(ticket.id));
    let stored = request.and_then(|request| request.digest.clone());
    let computed = request.zip(vm).map(|(request, vm)| {
        let document =
            json!({"cluster_id": request.cluster_id, "namespace": vm.physical_namespace, "vm": request.manifest});
        format!("sha256:{}", hash(&document))
    });
    let one = approval.spec_digest.is_some() && approval.spec_digest == stored && stored == computed;
    findings.expect(one, ticket.id, approval.at, || {
        format!("the record says {:?}, the decision {stored:?}, the manifest {computed:?}", approval.spec_digest)
    });
}

/// Machines in our namespaces that no ticket of ours asked for.
fn strangers(evidence: &Evidence, findings: &mut Findings) {
    let of_tickets = evidence.database.tickets.iter().flat_map(|ticket| evidence.cluster_of(ticket));
    let known: BTreeSet<_> = of_tickets.map(|call| call.seq).collect();
    for call in evidence.cluster.iter().filter(|call| call.is_of_machine() && call.is_mutation()) {
        findings.expect(known.contains(&call.seq), call.ticket(), call.at, || format!("{} for no ticket", words(call)));
    }
}

fn words(call: &ClusterCall) -> String {
    format!("#{} {} {}", call.seq, call.verb, call.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FAILED, REJECTED, REQUESTER, SUCCESS};

    #[test]
    fn a_machine_before_its_approval_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| !(record.ticket() == Some(SUCCESS) && record.is("approval.approve")));
        fixture::finds(check(&evidence), "I3", "before any approval");
    }

    #[test]
    fn a_machine_of_a_rejected_ticket_is_found() {
        let mut evidence = fixture::good();
        let mut call = fixture::applied(&evidence, SUCCESS);
        call.ticket = Some(REJECTED.to_string());
        evidence.cluster.push(call);
        fixture::finds(check(&evidence), "I3", "before any approval");
    }

    #[test]
    fn a_machine_for_no_ticket_is_found() {
        let mut evidence = fixture::good();
        let mut call = fixture::applied(&evidence, SUCCESS);
        call.ticket = Some(uuid::Uuid::nil().to_string());
        evidence.cluster.push(call);
        fixture::finds(check(&evidence), "I3", "for no ticket");
    }

    #[test]
    fn an_approval_by_the_requester_is_found() {
        let mut evidence = fixture::good();
        fixture::record(&mut evidence, SUCCESS, "approval.approve").actor_id = REQUESTER;
        fixture::finds(check(&evidence), "I3", "approved their own request");
    }

    #[test]
    fn an_approval_by_somebody_without_the_role_is_found() {
        let mut evidence = fixture::good();
        evidence.database.bindings.clear();
        fixture::finds(check(&evidence), "I3", "may not approve");
    }

    #[test]
    fn a_manifest_that_was_changed_after_the_approval_is_found() {
        let mut evidence = fixture::good();
        for request in evidence.database.requests.iter_mut().filter(|request| request.ticket_id == SUCCESS) {
            request.manifest = Some(json!({"spec": {"cores": 64}}));
        }
        fixture::finds(check(&evidence), "I3", "the manifest");
    }

    #[test]
    fn a_deletion_that_nobody_ordered_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| !(record.ticket() == Some(FAILED) && record.is("execution.undo")));
        fixture::finds(check(&evidence), "I3", "before the undo was noted");
    }
}
