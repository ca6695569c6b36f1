//! `cargo xtask chaos`: seeded load and faults, judged by the witness.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::command::{command, read};
use crate::infrastructure::{self, Purpose};
use crate::install::path_with;
use crate::progress::say;
use crate::scratch;
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Seconds of load instead of the 10 to 60 that each seed decides
    #[arg(long)]
    seconds: Option<u64>,
}

/// Starts what the tests stand on and plays the seeds; the program's last line is the summary.
pub fn chaos(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let commit = commit(workspace)?;
    let infrastructure = infrastructure::start(workspace, Purpose::Tests)?;
    let results = workspace.dev.join("chaos.jsonl");
    let mut chaos = command(workspace.bin.join("shepherd-chaos"));
    chaos
        .current_dir(&workspace.root)
        .env("PATH", path_with(&infrastructure.tools.bin())?)
        .envs(&infrastructure.exports)
        .args(["--seeds", &options.seeds.to_string(), "--from", &options.from.to_string(), "--commit", &commit])
        .arg("--results")
        .arg(&results)
        .arg("--evidence")
        .arg(workspace.dev.join("chaos"));
    if let Some(seconds) = options.seconds {
        chaos.args(["--seconds", &seconds.to_string()]);
    }
    let status = spawn(chaos)?.wait().context("waiting for the seeds")?;
    supervisor::park_if_stopping();
    supervisor::stop_all();
    scratch::remove_all();
    say(&format!("  results: {}", results.display()));
    let good = status.success() && infrastructure.n_missing == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The commit that is tested; nothing when files differ from it, so that no result is taken for one of the commit.
fn commit(workspace: &Workspace) -> Result<String> {
    let git = |arguments: &[&str]| {
        let mut git = command("git");
        git.current_dir(&workspace.root).args(arguments);
        read(git)
    };
    let clean = git(&["status", "--porcelain"])?.trim().is_empty();
    Ok(if clean { git(&["rev-parse", "HEAD"])?.trim().to_owned() } else { String::new() })
}
