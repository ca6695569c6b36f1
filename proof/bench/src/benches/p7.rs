//! P7, what orchestration costs: one ticket after the other from its submit until its machine is ready, against a bare client
//! that makes the same machine on the same cluster. Events of its history, and, where Temporal keeps its data in the
//! measured PostgreSQL, commits and log.

use anyhow::{Context as _, Result};
use shepherd_tests::environment::variable;
use shepherd_tests::{Kubernetes, World, database};
use std::time::{Duration, Instant};
use tokio_postgres::Client as Sql;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::figure::{Figure, Spread};
use crate::load::float;
use crate::measure::{Kept, in_turn};
use crate::peer::{self, Peer};
use crate::stage::Stage;
use crate::temporal::Temporal;
use crate::work::{OF_TEMPORAL, counted};

/// Tickets of a round, and of the count of commits.
const TICKETS: u32 = 5;
const COUNTED: u32 = 20;
const LOOK: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(60);

/// One ticket from its submit to its success.
struct Done {
    milliseconds: f64,
    ticket: String,
    /// How often this bench looked at its row: a commit each.
    looks: u32,
}

type Round = Vec<Done>;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let world = World::start().await?;
    let sql = world.sql().await?;
    let temporal = Temporal::connect().await?;
    // The first one also makes the namespace.
    ticket(&world, &sql).await?;
    let model: String = sql.query_one("select name from vms limit 1", &[]).await?.get(0);
    let cluster = Kubernetes::as_worker().await?;
    let kept = in_turn(
        &stage.options,
        async || {
            let mut bare = Vec::new();
            for _ in 0..TICKETS {
                let copy = format!("bare-{}", &Uuid::new_v4().simple().to_string()[..12]);
                bare.push(milliseconds(cluster.copy(&world.namespace_name, &model, &copy).await?));
            }
            Ok(Spread::of(bare, 0).median)
        },
        async || tickets(&world, &sql, TICKETS).await,
    )
    .await?;
    let mut figures = times(&kept);
    figures.extend(events(&temporal, &kept).await?);
    figures.extend(commits(stage, &world, &sql).await?);
    Ok(figures)
}

fn times(kept: &Kept<Round>) -> Vec<Figure> {
    let floor = kept.floor().median;
    let end_to_end = |round: &Round| Spread::of(round.iter().map(|done| done.milliseconds), 0).median;
    let bare = "F5 (a bare client applies the same machine and watches it)";
    let over = Figure::over("P7", "submit to machine ready, p50", "ms", bare, kept, end_to_end);
    let beyond = kept.spread(|round| end_to_end(round) - floor);
    vec![over, Figure::spread("P7", "beyond the cluster's own time, p50", "ms", beyond).at_most(200.0)]
}

/// Length of the histories, beside that of the naive workflow.
async fn events(temporal: &Temporal, kept: &Kept<Round>) -> Result<Vec<Figure>> {
    let mut events = Vec::new();
    for done in kept.rounds().flatten() {
        events.push(float(temporal.n_events(&format!("ticket-{}", done.ticket)).await?));
    }
    let events = Spread::of(events, 0);
    let naive = peer::run(Peer::NaiveTemporal, 1, 5).await?;
    let mut figure = Figure::spread("P7", "events in a ticket's history", "1", events).at_most(40.0);
    if let Some(naive) = naive.report.events.and_then(|events| u64::try_from(events).ok()) {
        figure.floor = Some(float(naive));
        figure.ratio = Some(events.median / float(naive));
        figure.denominator = Some("the naive workflow of the common task".to_owned());
    }
    Ok(vec![figure])
}

/// Commits and log of a ticket, where Temporal writes into the database that is measured.
async fn commits(stage: &Stage, world: &World, sql: &Sql) -> Result<Vec<Figure>> {
    if !stage.options.temporal_on_postgres {
        return Ok(Vec::new());
    }
    let admin = database::connect(&variable("SHEPHERD_TEST_ADMIN_URL")?).await?;
    let ours: String = sql.query_one("select current_database()::text", &[]).await?.get(0);
    let (temporal, _) = counted(&admin, &OF_TEMPORAL, async || tickets(world, sql, COUNTED).await).await?;
    let (product, round) = counted(&admin, &[&ours], async || tickets(world, sql, COUNTED).await).await?;
    let looks: u32 = round.iter().map(|done| done.looks).sum();
    let n = f64::from(COUNTED);
    Ok(vec![
        Figure::count("P7", "commits of Temporal for a ticket", temporal.commits / n, "1"),
        Figure::count("P7", "commits of the product for a ticket", (product.commits - f64::from(looks)) / n, "1")
            .note("without the looks of this bench at the ticket's row; with the reads of the API and of the relay"),
        Figure::count(
            "P7",
            "write-ahead log of product and Temporal for a ticket",
            temporal.wal_bytes / n / 1024.0,
            "KiB",
        ),
    ])
}

/// So many tickets, one after the other.
async fn tickets(world: &World, sql: &Sql, n: u32) -> Result<Round> {
    let mut round = Vec::new();
    for _ in 0..n {
        round.push(ticket(world, sql).await?);
    }
    Ok(round)
}

/// One ticket from submit to success, approved as soon as it is there.
async fn ticket(world: &World, sql: &Sql) -> Result<Done> {
    let began = Instant::now();
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    let mut looks = 0;
    loop {
        let state = "select state from tickets where id::text = $1";
        let state: String =
            sql.query_typed(state, &[(&ticket, Type::TEXT)]).await?.first().context("no ticket")?.get(0);
        looks += 1;
        if state == "SUCCESS" {
            return Ok(Done { milliseconds: milliseconds(began.elapsed()), ticket, looks });
        }
        anyhow::ensure!(began.elapsed() < PATIENCE && state != "FAILED", "ticket {ticket} is {state}");
        tokio::time::sleep(LOOK).await;
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
