//! The invariants, one module each, all of one shape: `check(&Evidence) -> Vec<Violation>`.

pub mod answers;
pub mod approved;
pub mod keys;
pub mod leftovers;
pub mod machines;
pub mod progress;
pub mod records;
pub mod recovery;
pub mod secrets;
pub mod submits;
pub mod tenants;
pub mod transitions;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::evidence::Evidence;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// `I1` to `I12`.
    pub invariant: &'static str,
    pub ticket: Option<Uuid>,
    /// When, as well as is known.
    pub at: Option<DateTime<Utc>>,
    pub what: String,
}

/// A promise, and how it is checked.
pub struct Invariant {
    pub id: &'static str,
    pub promise: &'static str,
    /// What of it cannot be decided yet, and why.
    pub undecided: &'static [&'static str],
    pub check: fn(&Evidence) -> Vec<Violation>,
}

/// All of them.
pub const INVARIANTS: [Invariant; 12] = [
    submits::INVARIANT,
    machines::INVARIANT,
    approved::INVARIANT,
    leftovers::INVARIANT,
    records::INVARIANT,
    transitions::INVARIANT,
    tenants::INVARIANT,
    secrets::INVARIANT,
    keys::INVARIANT,
    answers::INVARIANT,
    recovery::INVARIANT,
    progress::INVARIANT,
];

/// What the witness says.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The earliest first.
    pub violations: Vec<Violation>,
    pub undecided: Vec<String>,
}

/// Checks everything.
///
/// # Errors
/// When there is too little evidence to decide anything: silence is no proof.
pub fn judge(evidence: &Evidence) -> anyhow::Result<Verdict> {
    for (source, n) in [
        ("the clients' journal", evidence.calls.len()),
        ("the database", evidence.database.tickets.len()),
        ("the audit export", evidence.audit.len()),
    ] {
        anyhow::ensure!(n > 0, "{source} is empty: there is nothing to decide on");
    }
    let approved = evidence.database.requests.iter().any(|request| request.state == "APPROVED");
    anyhow::ensure!(!approved || !evidence.cluster.is_empty(), "tickets were approved and the gateway saw no call");
    let mut violations: Vec<_> = INVARIANTS.iter().flat_map(|invariant| (invariant.check)(evidence)).collect();
    violations.sort_by_key(|violation| (violation.at.is_none(), violation.at));
    let fixed = INVARIANTS.iter().flat_map(|one| one.undecided.iter().map(|what| format!("{}: {what}", one.id)));
    let mut undecided: Vec<_> = fixed.collect();
    for (missing, what) in [
        (evidence.workflows.is_none(), "I1, I12: Temporal's list of runs was not kept"),
        (evidence.earlier_audit.is_none(), "I5: no earlier export to compare the past with"),
        (evidence.machines.is_none(), "I4: nobody looked into the cluster at the end"),
        (evidence.secrets.is_empty(), "I8: nothing was planted"),
    ] {
        undecided.extend(missing.then(|| what.to_owned()));
    }
    Ok(Verdict { violations, undecided })
}

/// Collects what one invariant finds.
pub(crate) struct Findings {
    invariant: &'static str,
    found: Vec<Violation>,
}

impl Findings {
    pub(crate) fn of(invariant: &'static str) -> Self {
        Self { invariant, found: Vec::new() }
    }

    /// Notes a violation unless `holds`.
    pub(crate) fn expect(
        &mut self,
        holds: bool,
        ticket: impl Into<Option<Uuid>>,
        at: impl Into<Option<DateTime<Utc>>>,
        what: impl FnOnce() -> String,
    ) {
        if !holds {
            let (invariant, ticket, at) = (self.invariant, ticket.into(), at.into());
            self.found.push(Violation { invariant, ticket, at, what: what() });
        }
    }

    pub(crate) fn done(self) -> Vec<Violation> {
        self.found
    }
}

/// Whether nothing can follow a state.
pub(crate) fn is_final(state: &str) -> bool {
    matches!(state, "REJECTED" | "CANCELLED" | "EXPIRED" | "SUCCESS" | "FAILED")
}
