//! I12: nothing is stuck, and nothing is tried for ever in silence.

use super::{Findings, Invariant, Violation, is_final};
use crate::database::Ticket;
use crate::evidence::Evidence;
use crate::workflow::Workflow;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I12",
    promise: "no stuck run, no undelivered order, no silent retry, no panic and no history that does not replay",
    undecided: &[],
    check,
};

/// What no log may say.
const ALARMS: [&str; 3] = ["panicked at", "TMPRL1100", "Nondeterminism"];

/// Finds what breaks I12.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for order in evidence.database.orders.iter().filter(|order| order.sent_at.is_none()) {
        let ticket = order.subject.strip_prefix("ticket-").and_then(|id| id.parse().ok());
        findings.expect(false, ticket, None, || format!("not delivered: {order:?}"));
    }
    for ticket in &evidence.database.tickets {
        let steps = evidence.database.steps.iter().filter(|step| step.ticket_id == ticket.id);
        for step in steps.filter(|_| is_final(&ticket.state)) {
            let open = matches!(step.state.as_str(), "RUNNING" | "RETRYING");
            findings.expect(!open, ticket.id, ticket.finished_at, || format!("{} and {step:?}", ticket.state));
        }
        let runs = evidence.workflows.iter().flatten().filter(|run| run.ticket() == Some(ticket.id));
        for run in runs {
            agrees(ticket, run, &mut findings);
        }
    }
    for (name, text) in evidence.texts.iter().filter(|(name, _)| name.starts_with("logs/")) {
        for line in text.lines().filter(|line| ALARMS.iter().any(|alarm| line.contains(alarm))) {
            findings.expect(false, None, None, || format!("{name}: {line}"));
        }
    }
    findings.done()
}

/// A run is over exactly when its ticket is, and ends as its ticket did.
fn agrees(ticket: &Ticket, run: &Workflow, findings: &mut Findings) {
    let expected = match ticket.state.as_str() {
        "FAILED" => "FAILED",
        state if is_final(state) => "COMPLETED",
        _ => "RUNNING",
    };
    findings.expect(run.status() == expected, ticket.id, ticket.updated_at, || {
        format!("{} and its run is {}, {expected} expected", ticket.state, run.status())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, SUCCESS};

    #[test]
    fn an_order_that_was_not_delivered_is_found() {
        let mut evidence = fixture::good();
        evidence.database.orders[0].sent_at = None;
        fixture::finds(check(&evidence), "I12", "not delivered");
    }

    #[test]
    fn a_step_that_is_tried_after_the_end_is_found() {
        let mut evidence = fixture::good();
        for step in evidence.database.steps.iter_mut().filter(|step| step.ticket_id == SUCCESS) {
            step.state = "RETRYING".to_owned();
        }
        fixture::finds(check(&evidence), "I12", "RETRYING");
    }

    #[test]
    fn a_run_that_hangs_is_found() {
        let mut evidence = fixture::good();
        for run in evidence.workflows.iter_mut().flatten() {
            run.status = "WORKFLOW_EXECUTION_STATUS_RUNNING".to_owned();
        }
        fixture::finds(check(&evidence), "I12", "COMPLETED expected");
    }

    #[test]
    fn a_panic_is_found() {
        let mut evidence = fixture::good();
        let log = "thread 'main' panicked at src/main.rs".to_owned();
        evidence.texts.insert("logs/worker-1.log".to_owned(), log);
        fixture::finds(check(&evidence), "I12", "logs/worker-1.log");
    }
}
