//! I1: what was acknowledged is there, once, and comes to rest.

use super::{Findings, Invariant, Violation, is_final};
use crate::client::{Call, id};
use crate::database::Ticket;
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I1",
    promise: "every acknowledged submit is exactly one ticket, one idempotency row, one opening record, at most one \
              run, and comes to rest",
    undecided: &[],
    check,
};

/// Finds what breaks I1.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    let submits = evidence.calls.iter().filter(|call| call.operation == "ticket_submit" && call.succeeded());
    for call in submits {
        acknowledged(evidence, call, &mut findings);
    }
    for ticket in &evidence.database.tickets {
        opened(evidence, ticket, &mut findings);
        started(evidence, ticket, &mut findings);
        rests(evidence, ticket, &mut findings);
    }
    findings.done()
}

fn acknowledged(evidence: &Evidence, call: &Call, findings: &mut Findings) {
    let Some(ticket) = id(&call.answer()["id"]) else {
        return findings.expect(false, None, call.started_at, || format!("call {} was accepted without id", call.id));
    };
    let rows: Vec<_> = evidence.database.tickets.iter().filter(|row| row.id == ticket).collect();
    findings.expect(rows.len() == 1, ticket, call.ended_at, || {
        format!("acknowledged by call {} and {} times in the database", call.id, rows.len())
    });
    findings.expect(rows.iter().all(|row| row.requester_id == call.actor), ticket, call.ended_at, || {
        format!("acknowledged to {} and stored as somebody else's", call.actor)
    });
    let Some(key) = &call.key else { return };
    let keys = evidence.database.keys.iter();
    let keys = keys.filter(|row| row.principal_id == call.actor && Some(row.route.as_str()) == call.route());
    let kept: Vec<_> = keys.filter(|row| row.key == *key).collect();
    let one = kept.len() == 1 && kept.iter().all(|row| row.resource_id == ticket);
    findings.expect(one, ticket, call.ended_at, || format!("key {key} has these rows: {kept:?}"));
}

fn opened(evidence: &Evidence, ticket: &Ticket, findings: &mut Findings) {
    let opening: Vec<_> = evidence.records_of(ticket.id).into_iter().filter(|r| r.is("vm.request")).collect();
    findings.expect(opening.len() == 1, ticket.id, ticket.created_at, || {
        format!("{} opening records in the export", opening.len())
    });
    let own = opening.iter().all(|record| record.actor_id == ticket.requester_id);
    findings.expect(own, ticket.id, ticket.created_at, || "the opening record names another person".to_owned());
    let requests = evidence.database.requests.iter().filter(|request| request.ticket_id == ticket.id).count();
    findings.expect(requests == 1, ticket.id, ticket.created_at, || format!("{requests} requests for approval"));
}

/// One order to start, one run; the net under the relay may start again what was lost, and says so.
fn started(evidence: &Evidence, ticket: &Ticket, findings: &mut Findings) {
    let most = 1 + evidence.restarts_of(ticket.id);
    let subject = format!("ticket-{}", ticket.id);
    let orders = evidence.database.orders.iter();
    let starts = orders.filter(|order| order.subject == subject && order.kind == "ticket_start").count();
    findings.expect((1..=most).contains(&starts), ticket.id, ticket.created_at, || {
        format!("{starts} orders to start a run, {most} expected")
    });
    let mut runs: Vec<_> = evidence.records_of(ticket.id).iter().filter_map(|r| r.run_id.clone()).collect();
    runs.sort();
    runs.dedup();
    findings.expect(runs.len() <= most, ticket.id, ticket.created_at, || format!("runs in the records: {runs:?}"));
    let Some(workflows) = &evidence.workflows else { return };
    let listed = workflows.iter().filter(|workflow| workflow.ticket() == Some(ticket.id)).count();
    findings.expect((1..=most).contains(&listed), ticket.id, ticket.created_at, || {
        format!("Temporal lists {listed} runs, {most} expected")
    });
}

fn rests(evidence: &Evidence, ticket: &Ticket, findings: &mut Findings) {
    let waits = || {
        let request = evidence.request_of(ticket.id);
        request.is_some_and(|r| r.state == "PENDING" && r.expires_at > evidence.database.read_at)
    };
    let rests = is_final(&ticket.state) || ticket.state == "PENDING" && waits();
    findings.expect(rests, ticket.id, ticket.updated_at, || {
        format!("does not rest: {} {}", ticket.state, ticket.run_state.as_deref().unwrap_or_default())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, FAILED, PENDING, SUCCESS};

    #[test]
    fn a_ticket_that_was_acknowledged_and_is_gone_is_found() {
        let mut evidence = fixture::good();
        evidence.database.tickets.retain(|ticket| ticket.id != PENDING);
        fixture::finds(check(&evidence), "I1", "0 times in the database");
    }

    #[test]
    fn a_key_without_its_row_is_found() {
        let mut evidence = fixture::good();
        evidence.database.keys.retain(|key| key.resource_id != SUCCESS);
        fixture::finds(check(&evidence), "I1", "has these rows: []");
    }

    #[test]
    fn a_second_opening_record_is_found() {
        let mut evidence = fixture::good();
        let again = evidence.audit.iter().find(|record| record.is("vm.request")).cloned();
        evidence.audit.extend(again);
        fixture::finds(check(&evidence), "I1", "2 opening records");
    }

    #[test]
    fn a_second_run_is_found() {
        let mut evidence = fixture::good();
        let mut again = evidence.workflows.clone().unwrap_or_default();
        again.retain(|workflow| workflow.ticket() == Some(SUCCESS));
        evidence.workflows.get_or_insert_default().extend(again);
        fixture::finds(check(&evidence), "I1", "Temporal lists 2 runs");
    }

    #[test]
    fn a_ticket_that_does_not_rest_is_found() {
        let mut evidence = fixture::good();
        fixture::ticket(&mut evidence, FAILED).state = "EXECUTING".to_owned();
        fixture::finds(check(&evidence), "I1", "does not rest: EXECUTING");
    }
}
