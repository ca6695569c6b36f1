//! Histories that no order of events explains are found, one of each kind; those that one explains are not.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use shepherd_chaos::linearizability::check;
use shepherd_witness::client::{Call, Outcome};
use std::fmt::Write as _;
use uuid::Uuid;

const TICKET: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const REQUESTER: Uuid = Uuid::from_u128(11);
const APPROVER: Uuid = Uuid::from_u128(12);
/// Deadline of the tickets, in seconds.
const DEADLINE: i64 = 100;

/// A journal that is written by hand, a call after the other.
#[derive(Default)]
struct History {
    calls: Vec<Call>,
}

impl History {
    /// A call from one second to another with its answer.
    fn answered(&mut self, seconds: (i64, i64), who: Uuid, what: &str, status: u16, answer: Value) -> &mut Call {
        self.call(seconds, who, what, Outcome::Answered { status, answer })
    }

    /// A call that nobody answered.
    fn lost(&mut self, seconds: (i64, i64), who: Uuid, what: &str) -> &mut Call {
        self.call(seconds, who, what, Outcome::Unknown { cause: "time-out".to_owned() })
    }

    fn call(&mut self, (from, to): (i64, i64), actor: Uuid, operation: &str, outcome: Outcome) -> &mut Call {
        let id = self.calls.last().map_or(1, |call| call.id + 1);
        let subject = (operation != "ticket_submit").then_some(TICKET);
        let key = (operation != "ticket_view").then(|| format!("key {id}"));
        let (started_at, ended_at) = (at(from), at(to));
        let operation = operation.to_owned();
        self.calls.push(Call {
            id,
            actor,
            operation,
            subject,
            key,
            digest: "a".to_owned(),
            started_at,
            ended_at,
            outcome,
        });
        let last = self.calls.len() - 1;
        &mut self.calls[last]
    }

    fn read(&mut self, seconds: (i64, i64), state: &str, by: Option<Uuid>) -> &mut Call {
        let approval = json!({"state": state, "decided_by": by, "expires_at": at(DEADLINE)});
        self.answered(seconds, REQUESTER, "ticket_view", 200, json!({"id": TICKET, "approval": approval}))
    }

    fn told(&mut self, seconds: (i64, i64), who: Uuid, what: &str, winner: (&str, Option<Uuid>)) -> &mut Call {
        let params = json!({"decision": winner.0, "decided_by": winner.1});
        self.answered(seconds, who, what, 409, json!({"code": "ALREADY_DECIDED", "params": params}))
    }

    /// Submits with that key and the number that the ticket has.
    fn submitted(&mut self, seconds: (i64, i64), key: &str, ticket: Uuid, number: i64) {
        let answer = json!({"id": ticket, "state": "PENDING"});
        self.answered(seconds, REQUESTER, "ticket_submit", 202, answer).key = Some(key.to_owned());
        let approval = json!({"state": "PENDING"});
        let seen = json!({"id": ticket, "service_id": Uuid::nil(), "instance": number, "approval": approval});
        self.answered((90, 91), REQUESTER, "ticket_view", 200, seen).subject = Some(ticket);
    }

    fn verdict(&self) -> anyhow::Result<Option<String>> {
        let folder = std::env::temp_dir().join(format!("history-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder)?;
        let mut lines = String::new();
        for call in &self.calls {
            writeln!(lines, "{}", serde_json::to_string(call)?)?;
        }
        std::fs::write(folder.join("clients.jsonl"), lines)?;
        let verdict = check(&folder);
        std::fs::remove_dir_all(&folder)?;
        verdict
    }

    fn fits(&self) -> anyhow::Result<()> {
        assert_eq!(self.verdict()?, None);
        Ok(())
    }

    fn breaks(&self, kind: &str) -> anyhow::Result<()> {
        let verdict = self.verdict()?.unwrap_or_default();
        assert!(verdict.contains(&format!("not linearizable: {kind}")), "{verdict}");
        Ok(())
    }
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_000_000_000 + second)
}

#[test]
fn one_winner_and_losers_who_are_told_of_it_fit() -> anyhow::Result<()> {
    let mut history = History::default();
    history.read((0, 1), "PENDING", None);
    history.lost((2, 3), REQUESTER, "ticket_cancel");
    history.answered((4, 9), APPROVER, "ticket_approve", 202, json!({}));
    history.told((5, 8), REQUESTER, "ticket_cancel", ("APPROVED", Some(APPROVER)));
    history.read((5, 6), "PENDING", None);
    history.read((10, 11), "APPROVED", Some(APPROVER));
    history.fits()
}

#[test]
fn what_timed_out_may_have_been_done_at_any_later_time() -> anyhow::Result<()> {
    let mut history = History::default();
    history.lost((0, 1), REQUESTER, "ticket_cancel");
    history.read((2, 3), "PENDING", None);
    history.answered((4, 5), REQUESTER, "ticket_view", 503, json!({}));
    history.read((6, 7), "CANCELLED", Some(REQUESTER));
    history.fits()
}

#[test]
fn two_winners_break_the_decision() -> anyhow::Result<()> {
    let mut history = History::default();
    history.answered((0, 9), APPROVER, "ticket_approve", 202, json!({}));
    history.answered((1, 8), REQUESTER, "ticket_cancel", 200, json!({}));
    history.breaks("decision")
}

#[test]
fn a_read_that_goes_back_breaks_the_decision() -> anyhow::Result<()> {
    let mut history = History::default();
    history.answered((0, 9), APPROVER, "ticket_reject", 200, json!({}));
    history.read((1, 2), "REJECTED", Some(APPROVER));
    history.read((3, 4), "PENDING", None);
    history.breaks("decision")
}

#[test]
fn a_loser_who_is_told_of_a_winner_to_come_breaks_the_decision() -> anyhow::Result<()> {
    let mut history = History::default();
    history.told((0, 1), REQUESTER, "ticket_cancel", ("APPROVED", Some(APPROVER)));
    history.answered((2, 3), APPROVER, "ticket_approve", 202, json!({}));
    history.breaks("decision")
}

#[test]
fn expiry_wins_after_its_deadline_and_not_before() -> anyhow::Result<()> {
    let mut history = History::default();
    history.told((DEADLINE + 1, DEADLINE + 2), APPROVER, "ticket_approve", ("EXPIRED", None));
    history.read((DEADLINE + 3, DEADLINE + 4), "PENDING", None);
    history.read((DEADLINE + 5, DEADLINE + 6), "EXPIRED", None);
    history.fits()?;
    history.answered((DEADLINE + 5, DEADLINE + 7), APPROVER, "ticket_approve", 202, json!({}));
    history.breaks("decision")?;

    let mut early = History::default();
    early.read((0, 1), "PENDING", None);
    early.told((2, 3), APPROVER, "ticket_approve", ("EXPIRED", None));
    early.breaks("decision")
}

#[test]
fn numbers_grow_with_the_requests_and_may_be_missing() -> anyhow::Result<()> {
    let mut history = History::default();
    history.submitted((0, 4), "one", TICKET, 5);
    history.submitted((1, 2), "other", OTHER, 3);
    history.fits()
}

#[test]
fn a_number_that_is_given_twice_or_back_breaks_the_counter() -> anyhow::Result<()> {
    for (first, second) in [(3, 3), (4, 3)] {
        let mut history = History::default();
        history.submitted((0, 1), "one", TICKET, first);
        history.submitted((2, 3), "other", OTHER, second);
        history.breaks("number")?;
    }
    Ok(())
}

#[test]
fn one_key_is_one_request_and_one_answer() -> anyhow::Result<()> {
    let mut history = History::default();
    history.lost((0, 1), REQUESTER, "ticket_submit").key = Some("one".to_owned());
    history.submitted((2, 3), "one", TICKET, 1);
    history
        .answered((4, 5), REQUESTER, "ticket_submit", 202, json!({"id": TICKET, "state": "PENDING", "replayed": true}))
        .key = Some("one".to_owned());
    let reused = json!({"code": "IDEMPOTENCY_KEY_REUSED"});
    let other = history.answered((6, 7), REQUESTER, "ticket_submit", 422, reused);
    (other.key, other.digest) = (Some("one".to_owned()), "b".to_owned());
    history.fits()
}

#[test]
fn a_second_ticket_a_late_refusal_and_another_body_break_the_key() -> anyhow::Result<()> {
    let duplicate = json!({"code": "DUPLICATE_PENDING_REQUEST"});
    let answers = [(202, json!({"id": OTHER, "state": "PENDING"}), "a"), (409, duplicate, "a")];
    let other_body = (202, json!({"id": TICKET, "state": "PENDING"}), "b");
    for (status, answer, digest) in answers.into_iter().chain([other_body]) {
        let mut history = History::default();
        history.submitted((0, 1), "one", TICKET, 1);
        let again = history.answered((2, 3), REQUESTER, "ticket_submit", status, answer);
        (again.key, again.digest) = (Some("one".to_owned()), digest.to_owned());
        history.breaks("key")?;
    }
    Ok(())
}
