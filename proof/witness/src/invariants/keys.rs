//! I9: the same key and request have the same answer, another request is refused.

use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::{Findings, Invariant, Violation};
use crate::client::Call;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I9",
    promise: "same key and request: the same answer and id; another request: refused; across crashes",
    undecided: &[],
    check,
};

/// Answers that say nothing about the key: overload, a dependency, a session that ended.
const SAYS_NOTHING: [u16; 4] = [401, 429, 500, 503];

/// Finds what breaks I9.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    let mut keyed: BTreeMap<(Uuid, &str, &str), Vec<&Call>> = BTreeMap::new();
    for call in &evidence.calls {
        if let Some(key) = &call.key {
            keyed.entry((call.actor, &call.operation, key)).or_default().push(call);
        }
    }
    for calls in keyed.values() {
        one_key(evidence, calls, &mut findings);
    }
    findings.done()
}

fn one_key(evidence: &Evidence, calls: &[&Call], findings: &mut Findings) {
    let mut done: Vec<_> = calls.iter().filter(|call| call.succeeded()).collect();
    done.sort_by_key(|call| call.ended_at);
    let Some(first) = done.first() else { return };
    let ticket = first.ticket();
    for call in calls {
        let after = call.started_at >= first.ended_at && call.is_answered_about_key();
        if call.digest == first.digest {
            let same = !call.succeeded() || plain(call.answer()) == plain(first.answer());
            findings.expect(same, ticket, call.started_at, || {
                format!("calls {} and {} with one key: {} and {}", first.id, call.id, first.answer(), call.answer())
            });
            findings.expect(!after || call.succeeded(), ticket, call.started_at, || {
                format!("call {} repeats call {} and is refused: {}", call.id, first.id, call.answer())
            });
        } else {
            let refused = call.status() == Some(422) && call.code() == "IDEMPOTENCY_KEY_REUSED";
            findings.expect(!call.succeeded() && (!after || refused), ticket, call.started_at, || {
                format!("call {} asks something else than call {} and hears {:?}", call.id, first.id, call.outcome)
            });
        }
    }
    let row = |row: &&crate::database::Key| {
        row.principal_id == first.actor
            && Some(row.route.as_str()) == first.route()
            && Some(&row.key) == first.key.as_ref()
    };
    let kept = evidence.database.keys.iter().filter(row).count();
    findings.expect(kept == 1, ticket, first.ended_at, || format!("{kept} rows for the key of call {}", first.id));
}

impl Call {
    fn is_answered_about_key(&self) -> bool {
        self.status().is_some_and(|status| !SAYS_NOTHING.contains(&status))
    }
}

/// An answer without the mark of a repetition.
fn plain(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(members) = answer.as_object_mut() {
        members.remove("replayed");
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, SUCCESS};

    #[test]
    fn another_answer_to_a_repetition_is_found() {
        let mut evidence = fixture::good();
        let again = fixture::repeat(&mut evidence, SUCCESS);
        again.outcome = fixture::answered(202, serde_json::json!({"id": Uuid::nil(), "state": "PENDING"}));
        fixture::finds(check(&evidence), "I9", "with one key");
    }

    #[test]
    fn a_repetition_that_is_refused_is_found() {
        let mut evidence = fixture::good();
        let again = fixture::repeat(&mut evidence, SUCCESS);
        again.outcome = fixture::answered(409, serde_json::json!({"code": "DUPLICATE_PENDING_REQUEST"}));
        fixture::finds(check(&evidence), "I9", "is refused");
    }

    #[test]
    fn another_request_with_the_key_that_is_done_is_found() {
        let mut evidence = fixture::good();
        fixture::repeat(&mut evidence, SUCCESS).digest = "another".to_owned();
        fixture::finds(check(&evidence), "I9", "asks something else");
    }

    #[test]
    fn a_key_that_was_forgotten_is_found() {
        let mut evidence = fixture::good();
        evidence.database.keys.clear();
        fixture::finds(check(&evidence), "I9", "0 rows for the key");
    }
}
