//! I2: a ticket makes one machine.

use std::collections::BTreeSet;

use super::{Findings, Invariant, Violation};
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I2",
    promise: "at most one machine per ticket ever exists, counted in the gateway's journal",
    undecided: &["more than one machine per ticket: no batches yet"],
    check,
};

/// Finds what breaks I2.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for ticket in &evidence.database.tickets {
        let (mut uids, mut names) = (BTreeSet::new(), BTreeSet::new());
        let made = evidence.cluster_of(ticket).into_iter().filter(|call| {
            call.is_of_machine() && call.took_effect() && !call.is_deletion() && call.ticket() == Some(ticket.id)
        });
        for call in made {
            uids.extend(call.uid.clone());
            names.insert((call.namespace.clone(), call.name.clone()));
            let one = uids.len() <= 1 && names.len() <= 1;
            findings.expect(one, ticket.id, call.at, || format!("made {uids:?} as {names:?}"));
        }
    }
    findings.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, SUCCESS};

    #[test]
    fn a_second_machine_is_found() {
        let mut evidence = fixture::good();
        let mut again = fixture::applied(&evidence, SUCCESS);
        again.uid = Some("another".to_owned());
        evidence.cluster.push(again);
        fixture::finds(check(&evidence), "I2", "another");
    }

    #[test]
    fn a_second_machine_whose_answer_was_lost_is_found() {
        let mut evidence = fixture::good();
        let mut again = fixture::applied(&evidence, SUCCESS);
        again.name = Some("other-01".to_owned());
        again.outcome = "lost".to_owned();
        evidence.cluster.push(again);
        fixture::finds(check(&evidence), "I2", "other-01");
    }
}
