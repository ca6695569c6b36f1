//! Whether the answers of a run fit one order of events. The search for it is a program of its own in
//! `proof/linearizability`, on a library that nobody here wrote.

use anyhow::Context as _;
use shepherd_tests::environment::variable;
use std::path::Path;
use std::process::Command;

/// What cannot be put in order in the clients' journal of a run.
///
/// # Errors
/// When the program is missing, or cannot decide.
pub fn check(folder: &Path) -> anyhow::Result<Option<String>> {
    let program = variable("SHEPHERD_TEST_LINEARIZABILITY")?;
    let done = Command::new(&program).arg(folder).output().with_context(|| format!("start {program}"))?;
    match done.status.code() {
        Some(0) => Ok(None),
        Some(1) => Ok(Some(String::from_utf8(done.stdout)?)),
        _ => anyhow::bail!("{program}: {}: {}", done.status, String::from_utf8_lossy(&done.stderr)),
    }
}
