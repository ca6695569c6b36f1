//! I8: no planted secret stands anywhere.

use super::{Findings, Invariant, Violation};
use crate::evidence::Evidence;

pub(super) const INVARIANT: Invariant = Invariant {
    id: "I8",
    promise: "no planted secret in the four sources or in the logs that were kept",
    undecided: &["Temporal's histories and the metrics: the test of planted secrets looks there"],
    check,
};

/// Finds what breaks I8. The secret itself is not repeated.
pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut findings = Findings::of(INVARIANT.id);
    for (n, secret) in evidence.secrets.iter().enumerate() {
        for (name, text) in &evidence.texts {
            let at = text.lines().position(|line| line.contains(secret.as_str()));
            findings.expect(at.is_none(), None, None, || {
                format!("secret {} stands in {name}, line {}", n + 1, at.unwrap_or_default() + 1)
            });
        }
    }
    findings.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_secret_in_a_log_is_found_and_not_repeated() {
        let mut evidence = fixture::good();
        let log = format!("all is well\nsigned in with {}", fixture::SECRET);
        evidence.texts.insert("logs/server.log".to_owned(), log);
        let found = check(&evidence);
        assert!(found.iter().all(|one| !one.what.contains(fixture::SECRET)));
        fixture::finds(found, "I8", "secret 1 stands in logs/server.log, line 2");
    }
}
