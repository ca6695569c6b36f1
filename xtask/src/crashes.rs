//! `cargo xtask crashes`: the whole crash-point sweep, of which the suite takes a share.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use crate::chaos::commit;
use crate::infrastructure::{self, Purpose};
use crate::progress::say;
use crate::scratch;
use crate::supervisor;
use crate::test::{Tests, run};
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// Of so many places one is taken
    #[arg(long, default_value_t = 1)]
    share: u32,
    /// At how many passings of a place the process dies
    #[arg(long, default_value_t = 3)]
    hits: u32,
}

/// Plays the deaths that are not known to be good at this commit.
pub fn crashes(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let commit = commit(workspace)?;
    let results = workspace.dev.join("crashes.jsonl");
    let infrastructure = infrastructure::start(workspace, Purpose::Tests)?;
    let environment = [
        ("SHEPHERD_CRASH_SHARE", options.share.to_string()),
        ("SHEPHERD_CRASH_HITS", options.hits.to_string()),
        ("SHEPHERD_CRASH_RESULTS", results.display().to_string()),
        ("SHEPHERD_CRASH_COMMIT", commit.clone()),
    ];
    let filter = ["-E", "package(shepherd-tests) & test(/^crash::/) - test(injected)"].map(str::to_owned);
    let outcome =
        run(workspace, &infrastructure, &Tests { profile: "crashes", filter: &filter, environment: &environment })?;
    supervisor::stop_all();
    scratch::remove_all();
    say(&format!("  results: {}", results.display()));
    println!("{}", summary(&results, &commit)?);
    println!("{}", outcome.summary);
    let good = outcome.good && infrastructure.n_missing == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many deaths of the commit were good, bad, or did not come about; the last word about each counts.
fn summary(results: &Path, commit: &str) -> Result<String> {
    let text = fs::read_to_string(results).with_context(|| results.display().to_string())?;
    let mut last = BTreeMap::new();
    // A line that a kill has torn counts for nothing.
    for death in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if death["commit"] == commit {
            let word = |name: &str| death[name].to_string();
            last.insert([word("road"), word("victim"), word("place"), word("hit")], word("outcome"));
        }
    }
    let mut counts = BTreeMap::<_, u32>::new();
    for outcome in last.into_values() {
        *counts.entry(outcome.trim_matches('"').to_owned()).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(outcome, n)| format!("{n} {outcome}")).collect();
    Ok(format!("deaths: {}", counts.join(", ")))
}
