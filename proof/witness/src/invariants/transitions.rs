//! I6: tickets move as the rules allow, and every source saw the same moves.

use super::{Findings, Invariant, Violation};
use crate::audit::Record;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I6",
    promise: "only legal transitions, the same in the events, the records and the row",
    undecided: &["versions that rise: rows carry none yet"],
    check,
};

/// What may follow what; a ticket begins as PENDING.
const LEGAL: [(&str, &str); 9] = [
    ("", "PENDING"),
    ("PENDING", "APPROVED"),
    ("PENDING", "REJECTED"),
    ("PENDING", "CANCELLED"),
    ("PENDING", "EXPIRED"),
    ("APPROVED", "EXECUTING"),
    ("APPROVED", "FAILED"),
    ("EXECUTING", "SUCCESS"),
    ("EXECUTING", "FAILED"),
];

/// Finds what breaks I6.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for ticket in &evidence.database.tickets {
        let events = evidence.database.events.iter();
        let events = events.filter(|event| event.kind == "ticket" && event.resource_id == ticket.id);
        let streamed: Vec<_> = events.map(|event| event.state.as_str()).filter(|state| is_state(state)).collect();
        let recorded: Vec<_> = evidence.records_of(ticket.id).into_iter().filter_map(state_of).collect();
        for (source, states) in [("events", &streamed), ("records", &recorded)] {
            let mut before = "";
            for state in states {
                let legal = LEGAL.contains(&(before, state));
                findings.expect(legal, ticket.id, ticket.updated_at, || {
                    format!("{before:?} became {state}, say the {source}: {states:?}")
                });
                before = state;
            }
            findings.expect(before == ticket.state, ticket.id, ticket.updated_at, || {
                format!("{} in the row, {before:?} in the {source}", ticket.state)
            });
        }
        let request = evidence.request_of(ticket.id).map(|request| request.state.as_str()).unwrap_or_default();
        let decision = if is_decided(&ticket.state) { ticket.state.as_str() } else { "APPROVED" };
        findings.expect(request == decision, ticket.id, ticket.updated_at, || {
            format!("{} and its request {request}", ticket.state)
        });
    }
    findings.done()
}

/// States that the request for approval shares with its ticket.
fn is_decided(state: &str) -> bool {
    matches!(state, "PENDING" | "REJECTED" | "CANCELLED" | "EXPIRED" | "APPROVED")
}

fn is_state(word: &str) -> bool {
    LEGAL.iter().any(|(_, state)| *state == word)
}

fn state_of(record: &Record) -> Option<&'static str> {
    if !record.happened() {
        return None;
    }
    Some(match record.action.as_str() {
        "vm.request" => "PENDING",
        "approval.approve" => "APPROVED",
        "approval.reject" => "REJECTED",
        "approval.cancel" => "CANCELLED",
        "approval.expire" => "EXPIRED",
        "execution.start" => "EXECUTING",
        "execution.success" => "SUCCESS",
        "execution.failure" => "FAILED",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, PENDING, REJECTED};

    #[test]
    fn a_decision_that_was_taken_back_is_found() {
        let mut evidence = fixture::good();
        fixture::event(&mut evidence, REJECTED, "APPROVED");
        fixture::finds(check(&evidence), "I6", "\"REJECTED\" became APPROVED");
    }

    #[test]
    fn a_row_that_moved_in_silence_is_found() {
        let mut evidence = fixture::good();
        fixture::ticket(&mut evidence, PENDING).state = "EXPIRED".to_owned();
        fixture::finds(check(&evidence), "I6", "EXPIRED in the row, \"PENDING\" in the events");
    }

    #[test]
    fn a_request_that_disagrees_with_its_ticket_is_found() {
        let mut evidence = fixture::good();
        for request in evidence.database.requests.iter_mut().filter(|request| request.ticket_id == REJECTED) {
            request.state = "CANCELLED".to_owned();
        }
        fixture::finds(check(&evidence), "I6", "REJECTED and its request CANCELLED");
    }
}
