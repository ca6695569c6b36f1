//! `shepherd-contract-fuzz`: drives every operation of the contract with what the contract allows and what it does not.
//!
//! Schemathesis makes the calls and judges the answers; this program gives it a product and somebody to be. `cargo
//! xtask contract-fuzz` starts what both stand on.

mod engine;
mod identity;
mod report;
mod stage;

use clap::Parser;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

use crate::engine::Engine;
use crate::identity::Identity;
use crate::report::Report;
use crate::stage::Stage;

/// Fuzzes the product through its contract, as nobody and as three people.
#[derive(Parser)]
#[command(name = "shepherd-contract-fuzz")]
struct Arguments {
    /// Cases for each operation and identity
    #[arg(long, default_value_t = 50)]
    cases: u32,
    /// Makes the same cases again
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Who calls; everybody when nobody is named
    #[arg(long = "as", value_enum)]
    identities: Vec<Identity>,
    /// Only operations whose id matches
    #[arg(long)]
    only: Option<String>,
    /// A Python that has Schemathesis
    #[arg(long)]
    python: PathBuf,
    /// The contract
    #[arg(long, default_value = "api/openapi.yaml")]
    contract: PathBuf,
    /// How it is tried
    #[arg(long, default_value = "proof/contract-fuzz/schemathesis.toml")]
    settings: PathBuf,
    /// What is no finding
    #[arg(long, default_value = "proof/contract-fuzz/exclusions.py")]
    exclusions: PathBuf,
    /// File of results, a JSON line for each operation and identity
    #[arg(long, default_value = ".dev/contract-fuzz.jsonl")]
    results: PathBuf,
    /// Folder for calls and answers
    #[arg(long, default_value = ".dev/contract-fuzz")]
    evidence: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // What was started ends when its future is dropped.
    tokio::select! {
        ended = fuzz(&arguments) => ended,
        _ = terminated.recv() => anyhow::bail!("terminated"),
        _ = interrupted.recv() => anyhow::bail!("interrupted"),
    }
}

async fn fuzz(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut results = File::create(&arguments.results)?;
    let mut n_findings = 0;
    for identity in arguments.identities() {
        let report = one(arguments, identity).await?;
        for line in report.lines(identity)? {
            writeln!(results, "{line}")?;
        }
        println!("{}", report.summary(identity));
        n_findings += report.n_findings();
    }
    Ok(if n_findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Each identity has a product of its own: what an administrator deletes is missing nobody else.
async fn one(arguments: &Arguments, identity: Identity) -> anyhow::Result<Report> {
    let folder = arguments.evidence.join(identity.name());
    fs::create_dir_all(&folder)?;
    let mut stage = Stage::start().await?;
    let engine = Engine {
        python: &arguments.python,
        contract: &arguments.contract,
        settings: &arguments.settings,
        exclusions: &arguments.exclusions,
        folder: &folder,
        cases: arguments.cases,
        seed: arguments.seed,
        only: arguments.only.as_deref(),
    };
    let events = engine.run(identity, stage.url()).await?;
    let mut report = Report::read(&events)?;
    stage.judge(&mut report).await?;
    Ok(report)
}

impl Arguments {
    fn identities(&self) -> Vec<Identity> {
        if self.identities.is_empty() { Identity::ALL.to_vec() } else { self.identities.clone() }
    }
}
