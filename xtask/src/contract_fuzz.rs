//! `cargo xtask contract-fuzz`: calls made up from the contract, judged by it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::command::command;
use crate::infrastructure::{self, Purpose};
use crate::install::{self, path_with};
use crate::progress::say;
use crate::scratch;
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// Cases for each operation and identity
    #[arg(long, default_value_t = 50)]
    cases: u32,
    /// Makes the same cases again
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Who calls: anonymous, requester, approver, administrator; everybody when nobody is named
    #[arg(long = "as", value_name = "IDENTITY")]
    identities: Vec<String>,
    /// Only operations whose id matches this regular expression
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
}

/// Starts what the product stands on and fuzzes it; exit code 1 for any finding.
pub fn fuzz(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let python = install::schemathesis(workspace)?;
    let infrastructure = infrastructure::start(workspace, Purpose::Proofs)?;
    let results = workspace.dev.join("contract-fuzz.jsonl");
    let mut fuzz = command(workspace.bin.join("shepherd-contract-fuzz"));
    fuzz.current_dir(&workspace.root)
        .env("PATH", path_with(&infrastructure.tools.bin())?)
        .envs(&infrastructure.exports)
        .args(["--cases", &options.cases.to_string(), "--seed", &options.seed.to_string()])
        .args(options.identities.iter().flat_map(|identity| ["--as", identity]))
        .args(options.only.iter().flat_map(|only| ["--only", only]))
        .arg("--python")
        .arg(python)
        .arg("--results")
        .arg(&results)
        .arg("--evidence")
        .arg(workspace.dev.join("contract-fuzz"));
    let status = spawn(fuzz)?.wait().context("waiting for the calls")?;
    supervisor::park_if_stopping();
    supervisor::stop_all();
    scratch::remove_all();
    say(&format!("  results: {}", results.display()));
    let good = status.success() && infrastructure.n_missing == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
