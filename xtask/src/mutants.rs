//! `cargo xtask mutants`: changes in the code that decides and seals, each of which a unit test must notice.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;

use crate::build::cargo;
use crate::install;
use crate::progress::say;
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

/// So many of a thousand mutants may survive.
const MAY_SURVIVE: u64 = 20;

#[derive(Args)]
pub struct Options {
    /// Only mutants of this package, such as `shepherd-domain`
    #[arg(long)]
    package: Option<String>,
    /// Goes on where an earlier run was stopped, and with what survived it
    #[arg(long)]
    iterate: bool,
}

/// What became of the mutants, as cargo-mutants counts them.
#[derive(Deserialize)]
struct Outcomes {
    caught: u64,
    missed: u64,
    timeout: u64,
}

/// Makes the mutants that `.cargo/mutants.toml` asks for; exit code 1 when more than two of a hundred survive.
pub fn mutants(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let program = install::cargo_mutants(workspace)?;
    let mut mutants = cargo(workspace);
    // Found by cargo as `cargo mutants`.
    mutants
        .env("PATH", install::path_with(program.parent().context("a program has a folder")?)?)
        .args(["mutants", "--output"])
        .arg(&workspace.dev);
    if let Some(package) = &options.package {
        mutants.args(["--package", package]);
    }
    if options.iterate {
        mutants.arg("--iterate");
    }
    spawn(mutants)?.wait().context("waiting for the mutants")?;
    supervisor::park_if_stopping();
    let results = workspace.dev.join("mutants.out");
    let text = fs::read_to_string(results.join("outcomes.json")).context("reading what became of the mutants")?;
    let outcomes: Outcomes = serde_json::from_str(&text).context("understanding what became of the mutants")?;
    let tried = outcomes.caught + outcomes.timeout + outcomes.missed;
    say(&format!("  {} of {tried} survived; they are in {}", outcomes.missed, results.join("missed.txt").display()));
    Ok(if holds(&outcomes) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether few enough survived of those that compiled; of none that were tried nothing is known.
fn holds(outcomes: &Outcomes) -> bool {
    let tried = outcomes.caught + outcomes.timeout + outcomes.missed;
    tried > 0 && outcomes.missed * 1000 <= tried * MAY_SURVIVE
}

#[cfg(test)]
mod tests {
    use super::{Outcomes, holds};

    #[test]
    fn two_of_a_hundred_may_survive() {
        let of = |caught, missed| holds(&Outcomes { caught, missed, timeout: 0 });
        assert!(of(98, 2) && of(1, 0));
        assert!(!of(97, 3) && !of(0, 0) && !of(0, 1));
    }
}
