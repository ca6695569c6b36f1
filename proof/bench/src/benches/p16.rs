//! P16, footprint: memory of idle processes, and the time from their start until they are ready.

use anyhow::{Context as _, Result};
use shepherd_tests::World;
use shepherd_tests::process::Process;
use std::fs;
use std::time::{Duration, Instant};

use crate::figure::{Figure, Spread};
use crate::load::float;
use crate::measure::repeated;
use crate::stage::Stage;

/// After so long a process that serves nobody is idle.
const IDLE: Duration = Duration::from_secs(5);

/// Megabytes of both processes and milliseconds until each was ready.
struct Round {
    server: (f64, f64),
    worker: (f64, f64),
}

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let mut world = World::start().await?;
    let settings = vec![("DATABASE_URL", world.database.server_url()?), ("SHEPHERD_LISTEN", "127.0.0.1:0".to_owned())];
    world.kill_worker().await?;
    let worker_settings = world.worker_environment()?;
    let rounds = repeated(&stage.options, async || {
        let (server, until_server) = started("shepherd-server", &["serve"], &settings).await?;
        let (worker, until_worker) = started("shepherd-worker", &[], &worker_settings).await?;
        tokio::time::sleep(IDLE).await;
        Ok(Round { server: (resident(&server)?, until_server), worker: (resident(&worker)?, until_worker) })
    })
    .await?;
    let spread = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of), 0);
    let figures = vec![
        Figure::spread("P16", "server, idle", "MB", spread(|round| round.server.0)).at_most(40.0),
        Figure::spread("P16", "server, start to ready", "ms", spread(|round| round.server.1)).at_most(500.0),
        Figure::spread("P16", "worker, idle", "MB", spread(|round| round.worker.0)).at_most(40.0),
        Figure::spread("P16", "worker, start to ready", "ms", spread(|round| round.worker.1)).at_most(500.0),
    ];
    let judged = |figure: Figure| {
        if stage.options.release { figure } else { figure.note("a debug build; says nothing of a release.") }
    };
    Ok(figures.into_iter().map(judged).collect())
}

async fn started(program: &str, arguments: &[&str], settings: &[(&str, String)]) -> Result<(Process, f64)> {
    let began = Instant::now();
    let mut process = Process::start(program, arguments, settings)?;
    process.event("ready").await?;
    Ok((process, began.elapsed().as_secs_f64() * 1000.0))
}

/// Megabytes that a process has in memory.
fn resident(process: &Process) -> Result<f64> {
    let path = format!("/proc/{}/status", process.id().context("it has ended")?);
    let status = fs::read_to_string(&path).context(path)?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    Ok(float(kib.context("VmRSS")?) * 1024.0 / 1e6)
}
