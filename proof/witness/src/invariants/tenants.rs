//! I7: nobody sees a byte of another tenant.

use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::{Findings, Invariant, Violation};
use crate::client::{Call, id};
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I7",
    promise: "no id of another tenant in any answer or export; a foreign thing answers like a missing one",
    undecided: &["timing classes", "logs: operators of the platform may see ids of all tenants"],
    check,
};

/// Finds what breaks I7.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    let people = &evidence.database.principals;
    let home: BTreeMap<Uuid, Uuid> =
        people.iter().filter(|row| row.kind == "USER").map(|row| (row.id, row.tenant_id)).collect();
    let owner: BTreeMap<Uuid, Uuid> = evidence.database.owned.iter().map(|row| (row.id, row.tenant_id)).collect();
    for call in &evidence.calls {
        let Some(tenant) = home.get(&call.actor) else { continue };
        let is_foreign = |id: &Uuid| owner.get(id).is_some_and(|owner| owner != tenant);
        let asked_for_foreign = call.subject.filter(is_foreign);
        let mut shown = Vec::new();
        ids(call.answer(), &mut shown);
        // What the caller named may be repeated to them.
        let leaked = shown.into_iter().find(|id| is_foreign(id) && Some(*id) != call.subject);
        findings.expect(leaked.is_none(), None, call.started_at, || {
            format!("call {} {} showed {leaked:?}", call.id, call.operation)
        });
        if asked_for_foreign.is_some() {
            missing(evidence, call, &owner, &mut findings);
        }
    }
    let tenants: Vec<_> = evidence.audit.iter().map(|record| record.tenant_id).collect();
    let mixed = evidence.audit.iter().find(|record| Some(&record.tenant_id) != tenants.first());
    findings.expect(mixed.is_none(), None, mixed.map(|record| record.at), || {
        format!("the export of one tenant holds {mixed:?}")
    });
    findings.done()
}

/// A foreign thing is answered in the very words of one that does not exist.
fn missing(evidence: &Evidence, call: &Call, owner: &BTreeMap<Uuid, Uuid>, findings: &mut Findings) {
    let Some(status) = call.status().filter(|status| *status < 500) else { return };
    findings.expect(status == 404, None, call.started_at, || {
        format!("call {} {} on a foreign thing answered {status}", call.id, call.operation)
    });
    let nowhere = |other: &&Call| {
        let no_such = other.subject.is_some_and(|id| !owner.contains_key(&id));
        other.operation == call.operation && no_such && other.status() == Some(404)
    };
    let Some(other) = evidence.calls.iter().find(nowhere) else { return };
    let (here, there) = (plain(call.answer()), plain(other.answer()));
    findings.expect(here == there, None, call.started_at, || format!("foreign: {here}, missing: {there}"));
}

/// An answer without what differs from call to call.
fn plain(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(members) = answer.as_object_mut() {
        members.remove("request_id");
        members.remove("instance");
    }
    answer
}

fn ids(value: &Value, found: &mut Vec<Uuid>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| ids(value, found)),
        Value::Array(items) => items.iter().for_each(|value| ids(value, found)),
        other => found.extend(id(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FOREIGN, REQUESTER};
    use serde_json::json;

    #[test]
    fn a_foreign_id_in_an_answer_is_found() {
        let mut evidence = fixture::good();
        let body = json!({"items": [{"id": FOREIGN}]});
        fixture::call(&mut evidence, REQUESTER, "ticket_list", None, 200, body);
        fixture::finds(check(&evidence), "I7", "showed");
    }

    #[test]
    fn a_foreign_thing_that_is_told_from_a_missing_one_is_found() {
        let mut evidence = fixture::good();
        let body = json!({"code": "PERMISSION_DENIED"});
        fixture::call(&mut evidence, REQUESTER, "ticket_view", Some(FOREIGN), 403, body);
        fixture::finds(check(&evidence), "I7", "on a foreign thing answered 403");
    }

    #[test]
    fn other_words_for_a_foreign_thing_are_found() {
        let mut evidence = fixture::good();
        for (subject, resource) in [(FOREIGN, "ticket of another tenant"), (Uuid::from_u128(404), "ticket")] {
            let body = json!({"code": "NOT_FOUND", "params": {"resource": resource}});
            fixture::call(&mut evidence, REQUESTER, "ticket_view", Some(subject), 404, body);
        }
        fixture::finds(check(&evidence), "I7", "missing:");
    }

    #[test]
    fn a_foreign_record_in_the_export_is_found() {
        let mut evidence = fixture::good();
        if let Some(record) = evidence.audit.last_mut() {
            record.tenant_id = Uuid::from_u128(99);
        }
        fixture::finds(check(&evidence), "I7", "the export of one tenant holds");
    }
}
