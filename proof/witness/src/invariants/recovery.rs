//! I11: after the last disturbance everything comes right by itself, in time.

use super::{Findings, Invariant, Violation, is_final};
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I11",
    promise: "recovery within the stated time, without a human",
    undecided: &["the time of each process by itself: the bound here is that of the whole"],
    check,
};

/// Finds what breaks I11.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    let (quiet, by) = (evidence.run.quiet_at, evidence.recovered_by());
    let mut after = evidence.calls.iter().filter(|call| call.started_at >= quiet && call.succeeded());
    findings.expect(after.any(|call| call.ended_at <= by), None, quiet, || {
        format!("no call succeeded within {} s after quiet", evidence.run.recovery_seconds)
    });
    for ticket in &evidence.database.tickets {
        let late = ticket.finished_at.is_some_and(|at| at > by) && ticket.created_at < quiet;
        let asleep = !is_final(&ticket.state) && ticket.state != "PENDING";
        findings.expect(!late && !asleep, ticket.id, ticket.finished_at.unwrap_or(by), || {
            format!("{} at {:?}, due by {by}", ticket.state, ticket.finished_at)
        });
    }
    for record in evidence.audit.iter().filter(|record| record.is("execution.needs_operator")) {
        findings.expect(false, record.ticket(), record.at, || format!("called for a person: {}", record.details));
    }
    findings.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FAILED, SUCCESS};
    use chrono::TimeDelta;

    #[test]
    fn a_ticket_that_came_to_rest_too_late_is_found() {
        let mut evidence = fixture::good();
        let late = evidence.recovered_by() + TimeDelta::seconds(1);
        fixture::ticket(&mut evidence, SUCCESS).finished_at = Some(late);
        fixture::finds(check(&evidence), "I11", "due by");
    }

    #[test]
    fn a_server_that_did_not_come_back_is_found() {
        let mut evidence = fixture::good();
        let quiet = evidence.run.quiet_at;
        evidence.calls.retain(|call| call.started_at < quiet);
        fixture::finds(check(&evidence), "I11", "no call succeeded");
    }

    #[test]
    fn a_call_for_a_person_is_found() {
        let mut evidence = fixture::good();
        fixture::record(&mut evidence, FAILED, "execution.undo").action = "execution.needs_operator".to_owned();
        fixture::finds(check(&evidence), "I11", "called for a person");
    }
}
