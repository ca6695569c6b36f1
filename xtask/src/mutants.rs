//! `cargo xtask mutants`: changes in the code that decides and seals, each of which a unit test must notice.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Deserialize;

use crate::build::cargo;
use crate::install;
use crate::progress::say;
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

/// So many of a thousand mutants may survive.
const MAY_SURVIVE: u64 = 20;

/// How cargo-mutants ends when it has judged: nothing survived, something did, a test never ended.
const JUDGED: [i32; 3] = [0, 2, 3];

#[derive(Args)]
pub struct Options {
    /// Only mutants of this package, such as `shepherd-domain`
    #[arg(long)]
    package: Option<String>,
    /// Only mutants of this file, such as `domain/src/policy.rs`
    #[arg(long)]
    file: Option<String>,
}

/// What became of the mutants, as cargo-mutants counts them.
#[derive(Deserialize)]
struct Outcomes {
    caught: u64,
    missed: u64,
    timeout: u64,
    unviable: u64,
}

/// Makes the mutants that `.cargo/mutants.toml` asks for; exit code 1 when more than two of a hundred survive.
pub fn mutants(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let program = install::cargo_mutants(workspace)?;
    let results = workspace.dev.join("mutants.out");
    let target = workspace.dev.join("mutants");
    let mut mutants = cargo(workspace);
    // Found by cargo as `cargo mutants`.
    mutants
        .env("PATH", install::path_with(program.parent().context("a program has a folder")?)?)
        // Mutants are made in a copy of the checkout; what is below our own crates is compiled once for all copies.
        .env("CARGO_TARGET_DIR", &target)
        // Whoever needs more cases than that to be noticed needs a test of their own.
        .env("PROPTEST_CASES", "32")
        .args(["mutants", "--no-times", "--output"])
        .arg(&workspace.dev);
    if let Some(package) = &options.package {
        mutants.args(["--package", package]);
    }
    if let Some(file) = &options.file {
        // By the names of mutants: its own `--file` adds to what the configuration asks for.
        mutants.args(["--re", &format!("^{file}:")]);
    }
    let status = spawn(mutants)?.wait().context("waiting for the mutants")?;
    supervisor::park_if_stopping();
    if !status.code().is_some_and(|code| JUDGED.contains(&code)) {
        bail!("cargo-mutants judged nothing ({status}); its logs are in {}", results.display());
    }
    // What it keeps of our own crates is of this copy alone.
    let incremental = target.join("debug/incremental");
    if incremental.exists() {
        fs::remove_dir_all(incremental).context("removing what only this copy needed")?;
    }
    let text = fs::read_to_string(results.join("outcomes.json")).context("reading what became of the mutants")?;
    let outcomes: Outcomes = serde_json::from_str(&text).context("understanding what became of the mutants")?;
    say(&format!(
        "  {} of {} survived, {} did not compile; survivors are in {}",
        outcomes.missed,
        tried(&outcomes),
        outcomes.unviable,
        results.join("missed.txt").display()
    ));
    Ok(if holds(&outcomes) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Those that compiled. A test that never ends has noticed.
fn tried(outcomes: &Outcomes) -> u64 {
    outcomes.caught + outcomes.timeout + outcomes.missed
}

/// Whether few enough survived; of none that were tried nothing is known.
fn holds(outcomes: &Outcomes) -> bool {
    tried(outcomes) > 0 && outcomes.missed * 1000 <= tried(outcomes) * MAY_SURVIVE
}

#[cfg(test)]
mod tests {
    use super::{Outcomes, holds};

    #[test]
    fn two_of_a_hundred_may_survive() {
        let of = |caught, missed| holds(&Outcomes { caught, missed, timeout: 0, unviable: 7 });
        assert!(of(98, 2) && of(1, 0));
        assert!(!of(97, 3) && !of(0, 0) && !of(0, 1));
    }
}
