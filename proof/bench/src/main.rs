//! `shepherd-bench`: measures the product against the floor of the machine. `cargo xtask bench` starts what it stands on.

mod approvals;
mod benches;
mod figure;
mod floor;
mod gate;
mod http;
mod load;
mod machine;
mod measure;
mod peer;
mod report;
mod shepherd;
mod shop;
mod stage;
mod statements;
mod temporal;
mod work;

use chrono::Utc;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

use crate::stage::{Options, Stage};

/// Measures the product, each figure against its floor in the same minute.
#[derive(Parser)]
#[command(name = "shepherd-bench")]
struct Arguments {
    /// Benches to run, separated by commas; all of them if none is named
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Rounds of each measurement, the floor's and the product's in turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Seconds of each round
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Tickets of the larger data set
    #[arg(long, default_value_t = 1_000_000)]
    tickets: u64,
    /// The command that a reader would give, for the report
    #[arg(long, default_value = "shepherd-bench")]
    command: String,
    /// What keeps the workflows; on PostgreSQL its commits are counted
    #[arg(long, default_value = "dev", value_parser = ["dev", "postgres"])]
    temporal: String,
    /// How the programs were built; only figures of release builds are published
    #[arg(long, default_value = "dev", value_parser = ["dev", "release"])]
    profile: String,
    /// Folder for `benchmarks.json` and `benchmarks.md`
    #[arg(long, default_value = ".dev/bench")]
    results: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // What a bench has started ends when its future is dropped.
    tokio::select! {
        ended = run(&arguments) => ended,
        _ = terminated.recv() => anyhow::bail!("terminated"),
        _ = interrupted.recv() => anyhow::bail!("interrupted"),
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = Options {
        rounds: arguments.rounds.into(),
        round: Duration::from_secs(arguments.seconds),
        tickets: arguments.tickets,
        release: arguments.profile == "release",
        temporal_on_postgres: arguments.temporal == "postgres",
    };
    let stage = Stage { options };
    let origin = report::Origin {
        command: arguments.command.clone(),
        machine: machine::describe()?,
        profile: arguments.profile.clone(),
        at: Utc::now(),
    };
    let chosen = benches::chosen(&arguments.only)?;
    let mut report = report::Report::open(&arguments.results, origin)?;
    let mut n_failed = 0;
    for bench in chosen {
        println!("{} {}", bench.id, bench.what);
        match (bench.run)(&stage).await {
            Ok(figures) => {
                figures.iter().for_each(|figure| println!("  {figure}"));
                report.replace(bench.id, figures)?;
            }
            // A harness that failed has measured nothing; what was measured before stays.
            Err(error) => {
                println!("  ? {error:#}");
                n_failed += 1;
            }
        }
    }
    println!("{n_failed} benches could not be run; figures: {}", report.path().display());
    Ok(if n_failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
