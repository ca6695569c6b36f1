//! `shepherd-chaos`: plays seeds one after the other. `cargo xtask chaos` starts what it stands on.

use clap::Parser;
use shepherd_chaos::{Options, Results, run, storm};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Plays seeded load and faults against the product and asks the witness.
#[derive(Parser)]
#[command(name = "shepherd-chaos")]
struct Arguments {
    /// How many seeds
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Seconds of load instead of the 10 to 60 that the seed decides
    #[arg(long)]
    seconds: Option<u64>,
    /// Plays a kill storm instead of seeds
    #[arg(long)]
    storm: bool,
    /// How long the storm lasts
    #[arg(long, default_value_t = 15)]
    minutes: u64,
    /// What is tested; seeds that were good at this commit are skipped
    #[arg(long, default_value = "")]
    commit: String,
    /// File of results, a JSON line for each seed
    #[arg(long, default_value = ".dev/chaos.jsonl")]
    results: PathBuf,
    /// Folder for the evidence of seeds that failed
    #[arg(long, default_value = ".dev/chaos")]
    evidence: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // What a seed has started ends when its future is dropped.
    tokio::select! {
        ended = storm_of(&arguments), if arguments.storm => ended,
        ended = play(&arguments), if !arguments.storm => ended,
        _ = terminated.recv() => anyhow::bail!("terminated"),
        _ = interrupted.recv() => anyhow::bail!("interrupted"),
    }
}

async fn storm_of(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut report = storm(Duration::from_secs(arguments.minutes * 60), &arguments.evidence).await?;
    println!("{report}");
    report.result.commit.clone_from(&arguments.commit);
    let mut file = File::options().create(true).append(true).open(arguments.results.with_file_name("storm.jsonl"))?;
    writeln!(file, "{}", serde_json::to_string(&report)?)?;
    Ok(if report.result.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn play(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = Options { seconds: arguments.seconds, evidence: arguments.evidence.clone() };
    let mut results = Results::open(&arguments.results)?;
    let (mut n_bad, mut n_skipped) = (0, 0);
    for seed in (arguments.from..).zip(0..arguments.seeds).map(|(seed, _)| seed) {
        if results.is_good(seed, arguments.seconds, &arguments.commit) {
            n_skipped += 1;
            continue;
        }
        match run(seed, &options).await {
            Ok(mut result) => {
                println!("{result}");
                n_bad += u64::from(!result.good);
                result.commit.clone_from(&arguments.commit);
                results.add(result)?;
            }
            // The harness failed, which proves nothing either way.
            Err(error) => {
                println!("? seed {seed}: {error:#}");
                n_bad += 1;
            }
        }
    }
    println!("{} seeds: {n_bad} bad, {n_skipped} good before at this commit", arguments.seeds);
    Ok(if n_bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
