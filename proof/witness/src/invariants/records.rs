//! I5: every change of state has its record, an intent stands before its effect and an outcome after it.

use super::{Findings, Invariant, Violation, is_final};
use crate::audit::Record;
use crate::database::Ticket;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I5",
    promise: "each change has its record; intent before effect, outcome after it; the past does not change",
    undecided: &["checkpoints: the log is not sealed yet"],
    check,
};

/// Finds what breaks I5.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    exported(evidence, &mut findings);
    for ticket in &evidence.database.tickets {
        let records = evidence.records_of(ticket.id);
        told(ticket, &records, &mut findings);
        intended(evidence, ticket, &records, &mut findings);
        concluded(ticket, &records, &mut findings);
    }
    findings.done()
}

/// The export is the log, each record is what its hash says, and an earlier export says the same.
fn exported(evidence: &Evidence, findings: &mut Findings) {
    for record in &evidence.audit {
        let kept = evidence.database.records.iter().find(|kept| kept.id == record.id);
        let ticket = record.ticket();
        findings.expect(kept == Some(record), ticket, record.at, || format!("{record:?} is stored as {kept:?}"));
        findings.expect(record.hash() == record.leaf_hash, ticket, record.at, || {
            format!("the hash of {} {} is not its own", record.action, record.id)
        });
    }
    let tenants: Vec<_> = evidence.audit.iter().map(|record| record.tenant_id).take(1).collect();
    let asked_at = evidence.calls.iter().filter(|call| call.operation == "audit_export").map(|call| call.started_at);
    let asked_at = asked_at.max();
    let owed = evidence.database.records.iter();
    for record in owed.filter(|record| tenants.contains(&record.tenant_id) && Some(record.at) < asked_at) {
        let there = evidence.audit.iter().any(|exported| exported.id == record.id);
        findings.expect(there, record.ticket(), record.at, || format!("{} is not in the export", record.action));
    }
    for past in evidence.earlier_audit.iter().flatten() {
        let still = evidence.audit.iter().any(|record| record == past);
        findings.expect(still, past.ticket(), past.at, || format!("the past changed: {past:?}"));
    }
}

/// Each state that a ticket went through has exactly one record, and the others none.
fn told(ticket: &Ticket, records: &[&Record], findings: &mut Findings) {
    let state = ticket.state.as_str();
    let ran = records.iter().any(|record| record.is("execution.start"));
    let expected = [
        ("approval.approve", matches!(state, "APPROVED" | "EXECUTING" | "SUCCESS" | "FAILED")),
        ("approval.reject", state == "REJECTED"),
        ("approval.cancel", state == "CANCELLED"),
        ("approval.expire", state == "EXPIRED"),
        ("execution.start", matches!(state, "EXECUTING" | "SUCCESS") || state == "FAILED" && ran),
        ("execution.success", state == "SUCCESS"),
        ("vm.create", state == "SUCCESS"),
        ("execution.failure", state == "FAILED"),
        ("execution.abandon", ticket.abandoned_by.is_some()),
    ];
    for (action, wanted) in expected {
        let n = records.iter().filter(|record| record.is(action)).count();
        findings.expect(n == usize::from(wanted), ticket.id, ticket.updated_at, || {
            format!("{state} with {n} records of {action}")
        });
    }
}

/// Before anything is sent to the cluster the log says that it will be.
fn intended(evidence: &Evidence, ticket: &Ticket, records: &[&Record], findings: &mut Findings) {
    for call in evidence.cluster_of(ticket).into_iter().filter(|call| call.is_mutation()) {
        let step = match (call.is_of_namespace(), call.is_deletion()) {
            (true, false) => "ensure_namespace",
            (true, true) => "remove_namespace",
            (false, false) => "apply_vm",
            (false, true) => "remove_vm",
        };
        let meant = |record: &&&Record| is_step(record, step, "RUNNING") && record.at <= call.arrived_by();
        let intent = records.iter().rfind(meant);
        findings.expect(intent.is_some(), ticket.id, call.at, || {
            format!("#{} {} {} without the intent of {step}", call.seq, call.verb, call.path)
        });
        let outcome = |record: &&Record| record.is("execution.step") && record.detail("step") == step;
        let said = |record: &&Record| record.detail("state") != "RUNNING" && record.at >= call.at;
        let followed = records.iter().any(|record| outcome(record) && said(record));
        // The outcome of a try that died is that of the next; a run that was broken off says it by its undo.
        let undone = records.iter().any(|record| record.is("execution.undo") && record.at >= call.at);
        findings.expect(followed || undone, ticket.id, call.at, || {
            format!("#{} {} {} and no outcome of {step} after it", call.seq, call.verb, call.path)
        });
    }
}

/// A run that has ended left no step open, and one that succeeded did all of them.
fn concluded(ticket: &Ticket, records: &[&Record], findings: &mut Findings) {
    let last = |step: &str| {
        let of_step = |record: &&&Record| record.is("execution.step") && record.detail("step") == step;
        records.iter().rfind(of_step).map(|record| record.detail("state")).unwrap_or_default()
    };
    let must_be_done: &[&str] = match ticket.state.as_str() {
        "SUCCESS" => &["ensure_namespace", "apply_vm", "await_vm_ready"],
        "FAILED" if !last("apply_vm").is_empty() => &["remove_vm", "remove_namespace"],
        _ => &[],
    };
    for step in must_be_done {
        findings.expect(last(step) == "DONE", ticket.id, ticket.finished_at, || {
            format!("{} and the last word on {step} is {:?}", ticket.state, last(step))
        });
    }
    let ending = records.iter().find(|record| record.is("execution.success") || record.is("execution.failure"));
    let late = ending.and_then(|end| records.iter().find(|r| r.at > end.at && r.is("execution.step")));
    findings.expect(late.is_none() || !is_final(&ticket.state), ticket.id, late.map(|record| record.at), || {
        format!("a step after the end: {:?}", late.map(|record| &record.details))
    });
}

fn is_step(record: &Record, step: &str, state: &str) -> bool {
    record.is("execution.step") && record.detail("step") == step && record.detail("state") == state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FAILED, REJECTED, SUCCESS};
    use serde_json::json;

    #[test]
    fn a_change_without_its_record_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| !record.is("approval.reject"));
        fixture::finds(check(&evidence), "I5", "REJECTED with 0 records of approval.reject");
        assert!(check(&evidence).iter().any(|one| one.ticket == Some(REJECTED)));
    }

    #[test]
    fn an_effect_without_its_intent_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| !(record.ticket() == Some(SUCCESS) && is_step(record, "apply_vm", "RUNNING")));
        fixture::finds(check(&evidence), "I5", "without the intent of apply_vm");
    }

    #[test]
    fn an_effect_without_its_outcome_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| !(record.ticket() == Some(SUCCESS) && is_step(record, "apply_vm", "DONE")));
        fixture::finds(check(&evidence), "I5", "no outcome of apply_vm");
    }

    #[test]
    fn a_step_after_the_end_is_found() {
        let mut evidence = fixture::good();
        let end = evidence.database.read_at;
        fixture::step(&mut evidence, FAILED, "apply_vm", "RETRYING").at = end;
        fixture::finds(check(&evidence), "I5", "a step after the end");
    }

    #[test]
    fn a_record_that_was_edited_is_found() {
        let mut evidence = fixture::good();
        let record = fixture::record(&mut evidence, SUCCESS, "approval.approve");
        record.details = json!({"reason": "because"});
        fixture::finds(check(&evidence), "I5", "is not its own");
    }

    #[test]
    fn a_record_that_is_missing_from_the_export_is_found() {
        let mut evidence = fixture::good();
        evidence.audit.retain(|record| record.action != "user.login");
        fixture::finds(check(&evidence), "I5", "user.login is not in the export");
    }

    #[test]
    fn a_past_that_changed_is_found() {
        let mut evidence = fixture::good();
        let mut past = evidence.audit.clone();
        past[0].actor_name = "somebody else".to_owned();
        evidence.earlier_audit = Some(past);
        fixture::finds(check(&evidence), "I5", "the past changed");
    }
}
