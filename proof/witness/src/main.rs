//! `shepherd-witness`: reads a folder of evidence and says what it proves.

use clap::Parser;
use shepherd_witness::{Evidence, INVARIANTS, judge, story};
use std::path::PathBuf;
use std::process::ExitCode;

/// Decides from four sources whether Shepherd kept its promises.
#[derive(Parser)]
#[command(name = "shepherd-witness")]
struct Arguments {
    /// Folder with `run.json`, `clients.jsonl`, `gateway.jsonl` and `audit.jsonl`
    folder: PathBuf,
    /// Reads this database past row-level security and keeps what it reads; without it the kept copy is read
    #[arg(long, env = "SHEPHERD_WITNESS_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let evidence = Evidence::read(&arguments.folder, arguments.database_url.as_deref()).await?;
    let verdict = judge(&evidence)?;
    println!(
        "{} calls of clients, {} tickets, {} calls to the cluster, {} records",
        evidence.calls.len(),
        evidence.database.tickets.len(),
        evidence.cluster.len(),
        evidence.audit.len()
    );
    for invariant in &INVARIANTS {
        let n = verdict.violations.iter().filter(|violation| violation.invariant == invariant.id).count();
        let word = if n == 0 { "holds".to_owned() } else { format!("BROKEN, {n} times") };
        println!("{:<4} {word:<18} {}", invariant.id, invariant.promise);
    }
    for what in &verdict.undecided {
        println!("not decided: {what}");
    }
    let Some(first) = verdict.violations.first() else { return Ok(ExitCode::SUCCESS) };
    println!("\nfirst violation, {}: {}", first.invariant, first.what);
    if let Some(ticket) = first.ticket {
        println!("{}", story(&evidence, ticket));
    }
    Ok(ExitCode::FAILURE)
}
