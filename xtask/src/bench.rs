//! `cargo xtask bench`: measures release builds of the product against the floor of the machine.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::build;
use crate::command::command;
use crate::component::temporal_server;
use crate::infrastructure::{self, Infrastructure, Purpose};
use crate::install::path_with;
use crate::peers;
use crate::progress::{phase, say};
use crate::scratch;
use crate::supervisor::{self, spawn};
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// Benches to run, separated by commas; all of them if none is named
    #[arg(long, value_name = "IDS")]
    only: Option<String>,
    /// Rounds of each measurement
    #[arg(long, default_value_t = 5)]
    rounds: u16,
    /// Seconds of each round
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Tickets of the larger data set
    #[arg(long, default_value_t = 1_000_000)]
    tickets: u64,
    /// Measures the builds that the tests use; what comes out stays in `.dev/bench`
    #[arg(long)]
    dev_profile: bool,
    /// What keeps the workflows: the development server, or a Temporal server on the PostgreSQL that is measured
    #[arg(long, value_enum, default_value_t = Temporal::Dev)]
    temporal: Temporal,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Temporal {
    Dev,
    Postgres,
}

/// Starts what is measured and measures it; the program's last line says where the figures are.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let purpose = if options.dev_profile { Purpose::DevelopBenches } else { Purpose::Benches };
    let (profile, results) = if options.dev_profile {
        ("dev", workspace.dev.join("bench"))
    } else {
        ("release", workspace.root.join("docs"))
    };
    let peers = if options.wants("peers") { peers::prepare(workspace, options.dev_profile) } else { Ok(Vec::new()) };
    let peers = peers.unwrap_or_else(|error| {
        // Their bench then says what it misses, and fails; the others run.
        say(&format!("  ✗ peers: {error:#}"));
        Vec::new()
    });
    let mut infrastructure = infrastructure::start(workspace, purpose)?;
    if options.temporal == Temporal::Postgres {
        start_temporal(workspace, &mut infrastructure)?;
    }
    let mut bench = command(purpose.programs(workspace).join("shepherd-bench"));
    bench
        .current_dir(&workspace.root)
        .env("PATH", path_with(&infrastructure.tools.bin())?)
        .envs(&infrastructure.exports)
        .args(["--rounds", &options.rounds.to_string(), "--seconds", &options.seconds.to_string()])
        .args(["--tickets", &options.tickets.to_string(), "--profile", profile, "--command", &options.command()])
        .envs(peers)
        .arg("--results")
        .arg(results);
    if options.temporal == Temporal::Postgres {
        bench.args(["--temporal", "postgres"]);
    }
    if let Some(only) = &options.only {
        bench.args(["--only", only]);
    }
    let status = spawn(bench)?.wait().context("waiting for the benches")?;
    supervisor::park_if_stopping();
    supervisor::stop_all();
    scratch::remove_all();
    if infrastructure.n_missing > 0 {
        say(&format!("  parts that could not be had, see above: {}", infrastructure.n_missing));
    }
    let good = status.success() && infrastructure.n_missing == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts Temporal on the database that is measured; from then on it is the run's.
fn start_temporal(workspace: &Workspace, infrastructure: &mut Infrastructure) -> Result<()> {
    let program = build::go(workspace, &build::TEMPORAL)?;
    let postgres = infrastructure.exports.get("SHEPHERD_TEST_ADMIN_URL").cloned();
    let postgres = postgres.or_else(|| std::env::var("SHEPHERD_TEST_ADMIN_URL").ok()).context("no PostgreSQL")?;
    let address = phase("temporal on postgres", |phase| {
        let log = workspace.log.join("bench-temporal.log");
        let settings = temporal_server::Settings { program, postgres: &postgres, log };
        let address = temporal_server::start(settings)?;
        phase.detail(&address);
        Ok(address)
    })?;
    infrastructure.exports.insert("TEMPORAL_ADDRESS", address);
    Ok(())
}

impl Options {
    /// Whether a bench is among those to run.
    fn wants(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.split(',').any(|one| one == id))
    }

    /// How a reader gets the same figures.
    fn command(&self) -> String {
        let mut words = vec!["cargo xtask bench".to_owned()];
        words.extend(self.only.as_ref().map(|only| format!("--only {only}")));
        words.push(format!("--rounds {} --seconds {} --tickets {}", self.rounds, self.seconds, self.tickets));
        words.extend((self.temporal == Temporal::Postgres).then(|| "--temporal postgres".to_owned()));
        words.extend(self.dev_profile.then(|| "--dev-profile".to_owned()));
        words.join(" ")
    }
}
