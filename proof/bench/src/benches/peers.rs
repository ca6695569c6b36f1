//! The common task done by Shepherd and by what one would use instead, with 1, 8 and 32 clients who each wait for the end of
//! their request before the next one. Shepherd does more: see `proof/peers/README.md`.

use anyhow::{Context as _, Result};

use crate::figure::{Figure, Spread};
use crate::load::float;
use crate::peer::{self, Peer, Ran};
use crate::shepherd;
use crate::stage::Stage;

/// Clients and the requests of all of them together.
const LOADS: [(u32, u32); 3] = [(1, 20), (8, 120), (32, 240)];
/// The development builds are measured with fewer.
const LESS_IN_DEVELOPMENT: u32 = 5;
/// A figure of this bench needs few rounds: peers differ by factors.
const MOST_ROUNDS: usize = 2;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (clients, tasks) in LOADS {
        let tasks = if stage.options.release { tasks } else { tasks / LESS_IN_DEVELOPMENT };
        for peer in Peer::ALL {
            let mut rounds = Vec::new();
            for _ in 0..stage.options.rounds.min(MOST_ROUNDS) {
                rounds.push(peer::run(peer, clients, tasks).await?);
            }
            let name = rounds.first().context("no rounds")?.report.peer.clone();
            figures.extend(of(&name, clients, &rounds)?);
        }
        let mut rounds = Vec::new();
        for _ in 0..stage.options.rounds.min(MOST_ROUNDS) {
            rounds.push(shepherd::run(clients, tasks).await?);
        }
        figures.extend(of("Shepherd", clients, &rounds)?);
    }
    Ok(figures)
}

fn of(name: &str, clients: u32, rounds: &[Ran]) -> Result<Vec<Figure>> {
    let what = format!("{name}, {clients} clients:");
    let spread = |of: &dyn Fn(&Ran) -> f64| Spread::of(rounds.iter().map(of), 0);
    let n = |ran: &Ran| float(ran.report.tasks);
    let wrong: i64 = rounds.iter().map(|ran| ran.report.lost.abs() + ran.report.doubled).sum();
    let mut rate =
        Figure::spread("peers", &format!("{what} requests"), "1/s", spread(&|ran| n(ran) / ran.report.seconds));
    rate.note = Some(format!(
        "submit p99 {:.1} ms, decision to end p99 {:.1} ms; {:.1} commits and {:.1} KiB of log for a request",
        spread(&|ran| quantile(&ran.report.submit_us, 99)).median,
        spread(&|ran| quantile(&ran.report.done_us, 99)).median,
        spread(&|ran| ran.commits / n(ran)).median,
        spread(&|ran| ran.wal_bytes / n(ran) / 1024.0).median,
    ));
    let submit = spread(&|ran| quantile(&ran.report.submit_us, 50));
    let done = spread(&|ran| quantile(&ran.report.done_us, 50));
    Ok(vec![
        rate,
        Figure::spread("peers", &format!("{what} answer to a submit, p50"), "ms", submit),
        Figure::spread("peers", &format!("{what} decision to end, p50"), "ms", done),
        Figure::count("peers", &format!("{what} lost or doubled"), float(wrong.unsigned_abs()), "1").at_most(0.0),
    ])
}

/// A percentile in milliseconds.
fn quantile(microseconds: &[u64], percent: usize) -> f64 {
    let mut sorted = microseconds.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |value| float(*value) / 1000.0)
}
