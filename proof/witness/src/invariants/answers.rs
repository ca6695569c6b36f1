//! I10: an answer is true, at once and for good; what timed out has one truth.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Findings, Invariant, Violation, is_final};
use crate::client::{Call, id};
use crate::database::Ticket;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I10",
    promise: "an acknowledged write is readable at once, reads never go back, losers are told the one winner, a \
              time-out resolves to one truth, and no answer is 500",
    undecided: &[],
    check,
};

/// A state that somebody was shown, and when the question and the answer were.
struct Seen<'a> {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    state: &'a str,
    call: u64,
}

/// Finds what breaks I10.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for call in &evidence.calls {
        findings.expect(call.status() != Some(500), call.ticket(), call.started_at, || {
            format!("call {} {} answered 500: {}", call.id, call.operation, call.answer())
        });
    }
    for ticket in &evidence.database.tickets {
        let calls: Vec<_> = evidence.calls.iter().filter(|call| call.ticket() == Some(ticket.id)).collect();
        readable(ticket.id, &calls, &mut findings);
        forward(ticket, &calls, &mut findings);
        for call in &calls {
            winner(evidence, ticket, call, &mut findings);
        }
    }
    for call in evidence.calls.iter().filter(|call| call.is_unknown()) {
        one_truth(evidence, call, &mut findings);
    }
    findings.done()
}

fn readable(ticket: Uuid, calls: &[&Call], findings: &mut Findings) {
    let submits = calls.iter().filter(|call| call.operation == "ticket_submit" && call.succeeded());
    for submit in submits {
        let reads = calls.iter().filter(|call| call.operation == "ticket_view" && call.actor == submit.actor);
        for read in reads.filter(|read| read.started_at >= submit.ended_at) {
            findings.expect(read.status() != Some(404), ticket, read.started_at, || {
                format!("call {} does not find what call {} was told to be stored", read.id, submit.id)
            });
        }
    }
}

/// What was shown later is not older than what was shown before.
fn forward(ticket: &Ticket, calls: &[&Call], findings: &mut Findings) {
    let seen: Vec<_> = calls.iter().filter_map(|call| seen(call)).collect();
    let read = |seen: &&Seen| calls.iter().any(|call| call.id == seen.call && call.operation == "ticket_view");
    for later in seen.iter().filter(read) {
        for earlier in seen.iter().filter(|earlier| earlier.to <= later.from) {
            let back = rank(later.state) < rank(earlier.state)
                || is_final(earlier.state) && is_final(later.state) && earlier.state != later.state;
            findings.expect(!back, ticket.id, later.from, || {
                format!("{} to call {}, then {} to call {}", earlier.state, earlier.call, later.state, later.call)
            });
        }
        let kept = !is_final(later.state) || later.state == ticket.state;
        findings.expect(kept, ticket.id, later.from, || {
            format!("{} to call {}, and {} in the end", later.state, later.call, ticket.state)
        });
    }
}

fn seen(call: &Call) -> Option<Seen<'_>> {
    let state = match call.operation.as_str() {
        _ if !call.succeeded() => return None,
        "ticket_submit" => "PENDING",
        "ticket_approve" => "APPROVED",
        "ticket_reject" => "REJECTED",
        "ticket_cancel" => "CANCELLED",
        "ticket_view" => call.answer()["state"].as_str()?,
        _ => return None,
    };
    Some(Seen { from: call.started_at, to: call.ended_at, state, call: call.id })
}

fn rank(state: &str) -> u8 {
    match state {
        "PENDING" => 0,
        "APPROVED" => 1,
        "EXECUTING" => 2,
        _ => 3,
    }
}

/// Who was told to have won has won, and who lost was told who has.
fn winner(evidence: &Evidence, ticket: &Ticket, call: &Call, findings: &mut Findings) {
    let Some(request) = evidence.request_of(ticket.id) else { return };
    if let Some(decision) = decision(&call.operation).filter(|_| call.succeeded()) {
        let won = request.state == decision && request.decided_by == Some(call.actor);
        findings.expect(won, ticket.id, call.ended_at, || {
            format!("call {} was told {decision}; it is {} by {:?}", call.id, request.state, request.decided_by)
        });
    }
    if call.code() == "ALREADY_DECIDED" {
        let told = call.answer()["params"]["decision"].as_str().unwrap_or_default();
        let by = id(&call.answer()["params"]["decided_by"]);
        // Past the deadline expiry has won before it is stored, by nobody yet.
        let one = told == request.state && (by == request.decided_by || told == "EXPIRED" && by.is_none());
        findings.expect(one, ticket.id, call.ended_at, || {
            format!("call {} was told {told} by {by:?}; it is {} by {:?}", call.id, request.state, request.decided_by)
        });
    }
}

fn decision(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "ticket_approve" => "APPROVED",
        "ticket_reject" => "REJECTED",
        "ticket_cancel" => "CANCELLED",
        _ => return None,
    })
}

/// A call without an answer was done whole or not at all.
fn one_truth(evidence: &Evidence, call: &Call, findings: &mut Findings) {
    let keys = evidence.database.keys.iter();
    let mut keys = keys.filter(|row| row.principal_id == call.actor && Some(row.route.as_str()) == call.route());
    let Some(key) = keys.find(|row| Some(&row.key) == call.key.as_ref()) else { return };
    let done = match decision(&call.operation) {
        Some(decision) => call
            .subject
            .and_then(|ticket| evidence.request_of(ticket))
            .is_some_and(|request| request.state == decision && request.decided_by == Some(call.actor)),
        None if call.operation == "ticket_submit" => {
            evidence.database.tickets.iter().any(|ticket| ticket.id == key.resource_id)
        }
        None => true,
    };
    findings.expect(done, call.subject, call.started_at, || {
        format!("the key of call {} {} is kept and the deed is not there", call.id, call.operation)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, APPROVER, REJECTED, REQUESTER, SUCCESS};
    use serde_json::json;

    #[test]
    fn an_answer_of_500_is_found() {
        let mut evidence = fixture::good();
        let problem = json!({"code": "INTERNAL_ERROR"});
        fixture::call(&mut evidence, REQUESTER, "ticket_view", Some(SUCCESS), 500, problem);
        fixture::finds(check(&evidence), "I10", "answered 500");
    }

    #[test]
    fn a_write_that_its_author_cannot_read_is_found() {
        let mut evidence = fixture::good();
        let problem = json!({"code": "NOT_FOUND"});
        fixture::call(&mut evidence, REQUESTER, "ticket_view", Some(SUCCESS), 404, problem);
        fixture::finds(check(&evidence), "I10", "does not find");
    }

    #[test]
    fn a_read_that_goes_back_is_found() {
        let mut evidence = fixture::good();
        for state in ["EXECUTING", "PENDING"] {
            fixture::call(&mut evidence, APPROVER, "ticket_view", Some(SUCCESS), 200, json!({"state": state}));
        }
        fixture::finds(check(&evidence), "I10", "then PENDING");
    }

    #[test]
    fn two_winners_are_found() {
        let mut evidence = fixture::good();
        fixture::call(&mut evidence, REQUESTER, "ticket_cancel", Some(REJECTED), 200, json!({"state": "CANCELLED"}));
        fixture::finds(check(&evidence), "I10", "was told CANCELLED; it is REJECTED");
    }

    #[test]
    fn a_loser_who_is_told_a_wrong_winner_is_found() {
        let mut evidence = fixture::good();
        let params = json!({"decision": "APPROVED", "decided_by": APPROVER});
        let problem = json!({"code": "ALREADY_DECIDED", "params": params});
        fixture::call(&mut evidence, REQUESTER, "ticket_cancel", Some(REJECTED), 409, problem);
        fixture::finds(check(&evidence), "I10", "was told APPROVED");
    }

    #[test]
    fn half_a_deed_after_a_time_out_is_found() {
        let mut evidence = fixture::good();
        let ticket = fixture::ticket(&mut evidence, SUCCESS).id;
        evidence.database.tickets.retain(|row| row.id != ticket);
        let submit = fixture::repeat(&mut evidence, SUCCESS);
        submit.outcome = crate::client::Outcome::Unknown { cause: "time-out".to_owned() };
        fixture::finds(check(&evidence), "I10", "the deed is not there");
    }
}
