//! Evidence of a run in which everything held: one ticket of each kind, made for the tests of the invariants.

mod writer;

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use self::writer::{Writer, empty};
use crate::audit::Record;
use crate::client::{Call, Outcome};
use crate::cluster::ClusterCall;
use crate::database::{Event, Ticket};
use crate::evidence::Evidence;
use crate::invariants::Violation;

pub(crate) const TENANT: Uuid = Uuid::from_u128(1);
pub(crate) const REQUESTER: Uuid = Uuid::from_u128(10);
pub(crate) const APPROVER: Uuid = Uuid::from_u128(11);
const ADMIN: Uuid = Uuid::from_u128(12);
pub(crate) const FOREIGN: Uuid = Uuid::from_u128(66);
pub(crate) const SUCCESS: Uuid = Uuid::from_u128(101);
pub(crate) const FAILED: Uuid = Uuid::from_u128(102);
pub(crate) const REJECTED: Uuid = Uuid::from_u128(103);
pub(crate) const PENDING: Uuid = Uuid::from_u128(104);
pub(crate) const SECRET: &str = "canary-4711";

/// The first finding of an invariant that says `words`.
pub(crate) fn finds(found: Vec<Violation>, invariant: &str, words: &str) {
    let hit = found.iter().any(|one| one.invariant == invariant && one.what.contains(words));
    assert!(hit, "no {words:?} in {found:#?}");
}

pub(crate) fn answered(status: u16, answer: Value) -> Outcome {
    Outcome::Answered { status, answer }
}

pub(crate) fn ticket(evidence: &mut Evidence, id: Uuid) -> &mut Ticket {
    evidence.database.tickets.iter_mut().find(|row| row.id == id).expect("ticket")
}

pub(crate) fn record<'a>(evidence: &'a mut Evidence, ticket: Uuid, action: &str) -> &'a mut Record {
    let mut records = evidence.audit.iter_mut();
    records.find(|record| record.ticket() == Some(ticket) && record.action == action).expect("record")
}

/// The machine's apply in the gateway's journal.
pub(crate) fn applied(evidence: &Evidence, ticket: Uuid) -> ClusterCall {
    let mut calls = evidence.cluster.iter();
    let seq = number(evidence.cluster.len());
    let found = calls.find(|call| call.ticket() == Some(ticket) && call.verb == "patch").expect("apply");
    ClusterCall { seq, ..found.clone() }
}

/// A further step in the records.
pub(crate) fn step<'a>(evidence: &'a mut Evidence, ticket: Uuid, name: &str, state: &str) -> &'a mut Record {
    let mut again = record(evidence, ticket, "execution.step").clone();
    again.id = Uuid::from_u128(9_000 + u128::from(number(evidence.audit.len())));
    again.details = json!({"step": name, "state": state});
    evidence.audit.push(again);
    evidence.audit.last_mut().expect("record")
}

pub(crate) fn event(evidence: &mut Evidence, ticket: Uuid, state: &str) {
    let id = i64::try_from(evidence.database.events.len()).unwrap_or_default() + 1;
    let created_at = evidence.database.read_at;
    let event = Event { id, kind: "ticket".to_owned(), resource_id: ticket, state: state.to_owned(), created_at };
    evidence.database.events.push(event);
}

/// A call at the end of the run.
pub(crate) fn call<'a>(
    evidence: &'a mut Evidence,
    actor: Uuid,
    operation: &str,
    subject: Option<Uuid>,
    status: u16,
    answer: Value,
) -> &'a mut Call {
    let id = number(evidence.calls.len());
    let started_at = evidence.run.quiet_at + TimeDelta::seconds(i64::try_from(id).unwrap_or_default());
    evidence.calls.push(Call {
        id,
        actor,
        operation: operation.to_owned(),
        subject,
        key: None,
        digest: format!("{operation} {subject:?}"),
        started_at,
        ended_at: started_at + TimeDelta::milliseconds(5),
        outcome: answered(status, answer),
    });
    evidence.calls.last_mut().expect("call")
}

/// The submit of a ticket, sent once more with its key.
pub(crate) fn repeat(evidence: &mut Evidence, ticket: Uuid) -> &mut Call {
    let mut again = evidence.calls.iter().find(|call| call.ticket() == Some(ticket)).expect("submit").clone();
    again.id = number(evidence.calls.len());
    again.started_at = evidence.run.quiet_at;
    again.ended_at = again.started_at + TimeDelta::milliseconds(5);
    evidence.calls.push(again);
    evidence.calls.last_mut().expect("call")
}

/// Number of the next of `n`.
fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default() + 1
}

pub(crate) fn good() -> Evidence {
    let now = DateTime::from_timestamp(1_700_000_000, 0).expect("time");
    let mut writer = Writer { evidence: empty(now), now };
    writer.record(None, "user.login", json!({}), REQUESTER, None);
    for (ticket, state) in [(SUCCESS, "SUCCESS"), (FAILED, "FAILED"), (REJECTED, "REJECTED"), (PENDING, "PENDING")] {
        writer.submit(ticket);
        match state {
            "SUCCESS" => writer.run(ticket, true),
            "FAILED" => writer.run(ticket, false),
            "REJECTED" => writer.reject(ticket),
            _ => {}
        }
    }
    let mut evidence = writer.evidence;
    evidence.run.quiet_at = writer.now;
    let exported = writer.now + TimeDelta::seconds(1);
    evidence.database.read_at = exported + TimeDelta::seconds(30);
    let export = call(&mut evidence, ADMIN, "audit_export", None, 200, Value::Null);
    (export.started_at, export.ended_at) = (exported, exported);
    evidence.audit = evidence.database.records.clone();
    evidence
}

/// Good evidence breaks nothing, and everything that is decided is.
#[test]
fn good_evidence_passes() {
    let verdict = crate::judge(&good()).expect("a verdict");
    assert_eq!(verdict.violations, []);
    assert!(verdict.undecided.iter().any(|what| what.contains("no earlier export")));
    let story = crate::story(&good(), SUCCESS);
    for source in ["client", "audit", "database", "cluster"] {
        assert!(story.contains(source), "{source} in {story}");
    }
}

#[test]
fn silence_proves_nothing() {
    for silence in [
        |evidence: &mut Evidence| evidence.calls.clear(),
        |evidence: &mut Evidence| evidence.audit.clear(),
        |evidence: &mut Evidence| evidence.cluster.clear(),
        |evidence: &mut Evidence| evidence.database.tickets.clear(),
    ] {
        let mut evidence = good();
        silence(&mut evidence);
        assert!(crate::judge(&evidence).is_err());
    }
}
