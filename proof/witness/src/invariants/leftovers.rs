//! I4: after quiet the cluster holds what the tickets say, and the database what the clients asked for.

use super::{Findings, Invariant, Violation};
use crate::database::Ticket;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I4",
    promise: "after quiet there is no orphan machine and no ghost ticket",
    undecided: &["quotas: not built yet", "namespaces that a failed ticket made and others use"],
    check,
};

/// What the gateway's journal lets one know of a machine.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    Absent,
    There(String),
    /// Something was sent whose answer nobody saw, and nobody looked again.
    Doubtful,
}

/// Finds what breaks I4.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for ticket in &evidence.database.tickets {
        let row = evidence.vm_of(ticket.id);
        let uid = row.and_then(|vm| vm.uid.as_deref()).filter(|_| ticket.state == "SUCCESS");
        for (source, known) in [("journal", journal(evidence, ticket)), ("cluster", cluster(evidence, ticket))] {
            let agrees = match (&known, uid) {
                (None | Some(Known::Doubtful), _) => evidence.machines.is_some(),
                (Some(Known::There(seen)), stored) => stored == Some(seen),
                (Some(Known::Absent), _) => ticket.state != "SUCCESS",
            };
            let unlooked = known.is_none() && source == "cluster";
            findings.expect(agrees || unlooked, ticket.id, ticket.finished_at, || {
                format!("{}; its machine is {uid:?} in the database and {known:?} in the {source}", ticket.state)
            });
        }
        let decided = matches!(ticket.state.as_str(), "APPROVED" | "EXECUTING" | "SUCCESS" | "FAILED");
        findings.expect(row.is_some() == decided, ticket.id, ticket.updated_at, || {
            format!("{} {} a row of its machine", ticket.state, if row.is_some() { "with" } else { "without" })
        });
        let asked = is_asked_for(evidence, ticket);
        findings.expect(asked, ticket.id, ticket.created_at, || "nobody asked for it".to_owned());
    }
    let tickets = &evidence.database.tickets;
    for machine in evidence.machines.iter().flatten() {
        let known = tickets.iter().any(|ticket| Some(ticket.id) == machine.ticket);
        findings.expect(known, machine.ticket, None, || format!("a machine of no ticket: {machine:?}"));
    }
    findings.done()
}

/// What stood in the cluster at the end, if somebody looked.
fn cluster(evidence: &Evidence, ticket: &Ticket) -> Option<Known> {
    let mut here = evidence.machines.as_ref()?.iter().filter(|machine| machine.ticket == Some(ticket.id));
    Some(here.find(|machine| !machine.leaving).map_or(Known::Absent, |machine| Known::There(machine.uid.clone())))
}

/// Follows a machine through all calls about it.
fn journal(evidence: &Evidence, ticket: &Ticket) -> Option<Known> {
    let (mut known, mut leaving) = (Known::Absent, false);
    let calls = evidence.cluster_of(ticket);
    let about = calls.into_iter().filter(|call| call.is_of_machine() && !call.dry_run);
    for call in about.filter(|call| matches!(call.outcome.as_str(), "delivered" | "lost")) {
        leaving |= call.is_mutation() && call.is_deletion();
        let good = call.status.is_some_and(|status| status < 300);
        known = match (call.verb.as_str(), &call.uid) {
            _ if call.found_nothing() => Known::Absent,
            ("delete", _) if good => Known::Absent,
            // A machine on its way out is still shown.
            ("get", Some(uid)) if good && !leaving => Known::There(uid.clone()),
            ("create" | "patch" | "update", Some(uid)) if good => Known::There(uid.clone()),
            _ if call.is_mutation() && call.status.is_none() => Known::Doubtful,
            _ => known,
        };
    }
    Some(known)
}

/// Whether a client made it, or sent a request that may have.
fn is_asked_for(evidence: &Evidence, ticket: &Ticket) -> bool {
    let key = evidence.database.keys.iter().find(|row| {
        row.resource_id == ticket.id && row.principal_id == ticket.requester_id && row.route == "POST /api/v1/tickets"
    });
    let mut calls = evidence.calls.iter().filter(|call| call.operation == "ticket_submit");
    calls.any(|call| {
        let may_have = call.is_unknown() || call.status().is_some_and(|status| status >= 500);
        call.ticket() == Some(ticket.id)
            || may_have
                && call.actor == ticket.requester_id
                && call.started_at <= ticket.created_at
                && call.key.as_deref() == key.map(|row| row.key.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FAILED, SUCCESS};

    #[test]
    fn an_orphan_is_found() {
        let mut evidence = fixture::good();
        evidence.cluster.retain(|call| !call.is_deletion());
        fixture::finds(check(&evidence), "I4", "FAILED; its machine is None in the database and Some(There");
    }

    #[test]
    fn an_apply_that_was_cut_off_and_never_looked_after_is_found() {
        let mut evidence = fixture::good();
        let mut call = fixture::applied(&evidence, FAILED);
        (call.status, call.outcome, call.uid) = (None, "lost".to_owned(), None);
        evidence.cluster.push(call);
        assert_eq!(check(&evidence), [], "the cluster says that nothing stands there");
        evidence.machines = None;
        fixture::finds(check(&evidence), "I4", "Doubtful");
    }

    #[test]
    fn a_machine_that_only_the_cluster_shows_is_found() {
        let mut evidence = fixture::good();
        let mut machine = evidence.machines.clone().unwrap_or_default().remove(0);
        machine.ticket = Some(FAILED);
        evidence.machines.get_or_insert_default().push(machine);
        fixture::finds(check(&evidence), "I4", "in the cluster");
    }

    #[test]
    fn a_success_without_its_machine_is_found() {
        let mut evidence = fixture::good();
        evidence.cluster.retain(|call| call.ticket() != Some(SUCCESS));
        fixture::finds(check(&evidence), "I4", "and Some(Absent) in the journal");
    }

    #[test]
    fn a_ghost_is_found() {
        let mut evidence = fixture::good();
        evidence.calls.retain(|call| call.ticket() != Some(FAILED));
        fixture::finds(check(&evidence), "I4", "nobody asked for it");
    }
}
