//! P6, catch-up: tickets that were submitted while Temporal was away, drained when it is back, against F4, the same workflow
//! started bare. Submits go on meanwhile.

use anyhow::{Context as _, Result};
use shepherd_tests::World;
use shepherd_tests::environment::variable;
use std::time::{Duration, Instant};
use tokio_postgres::Client as Sql;

use crate::approvals::delivered;
use crate::figure::{Figure, Spread};
use crate::gate::Gate;
use crate::load::{Caller as _, float, open};
use crate::shop::{Shop, Submitter};
use crate::stage::Stage;
use crate::temporal::Temporal;

/// Tickets that wait; the development builds are measured with fewer.
const QUEUED: u64 = 10_000;
const QUEUED_IN_DEVELOPMENT: u64 = 500;
/// Submits that go on while the heap is drained.
const SUBMITS_PER_SECOND: f64 = 20.0;
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let n = if stage.options.release { QUEUED } else { QUEUED_IN_DEVELOPMENT };
    let gate = Gate::before(variable("TEMPORAL_ADDRESS")?).await?;
    let mut world = World::without_worker(&[]).await?;
    world.worker_settings.push(("TEMPORAL_ADDRESS", gate.address()));
    world.start_worker().await?;
    let shop = Shop::on(world).await?;
    let sql = shop.world.sql().await?;
    let temporal = Temporal::connect().await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let quiet = open(&mut submitters, SUBMITS_PER_SECOND, stage.options.round).await?.expect_success()?;
    delivered(&sql, PATIENCE).await?;
    let before = temporal.bare_starts(n / 5).await?;

    gate.close();
    queue(&mut submitters, n).await?;
    let last = newest(&sql).await?;
    let drain = drain(&gate, &sql, last);
    let (drained, meanwhile) = tokio::join!(drain, during(&sql, last, &mut submitters));
    let (drained, meanwhile) = (drained?, meanwhile?);
    delivered(&sql, PATIENCE).await?;
    let after = temporal.bare_starts(n / 5).await?;

    let doubles = doubled(&temporal, &shop.world, &sql).await?;
    let rate = float(n) / drained.as_secs_f64();
    let floor = f64::midpoint(before, after);
    let mut figure = Figure::count("P6", &format!("drain of {n} queued tickets"), rate, "1/s");
    figure.floor = Some(floor);
    figure.ratio = Some(rate / floor);
    figure.denominator = Some("F4 (the same workflow started bare, before and after)".to_owned());
    let slower = meanwhile / quiet.quantile(0.99);
    Ok(vec![
        figure.ratio_at_least(0.9).note("from the moment Temporal is back until the last queued ticket has its run"),
        Figure::spread("F4", "bare workflow starts", "1/s", Spread::of([before, after], 0)),
        Figure::count("P6", "runs without a ticket, or tickets with two", doubles, "1").at_most(0.0),
        Figure::count("P6", "submit p99 while it drains, against quiet", slower, "×").at_most(1.5),
    ])
}

/// Submits so many, as fast as they are taken.
async fn queue(submitters: &mut [Submitter], n: u64) -> Result<()> {
    let mut due = n;
    while due > 0 {
        let calls = submitters.iter_mut().take(usize::try_from(due)?).map(|submitter| submitter.call());
        for status in futures_util::future::try_join_all(calls).await? {
            anyhow::ensure!(status == 202, "a submit was answered with {status}");
            due -= 1;
        }
    }
    Ok(())
}

/// The last order so far.
async fn newest(sql: &Sql) -> Result<i64> {
    Ok(sql.query_one("select coalesce(max(seq), 0) from outbox", &[]).await?.get(0))
}

/// Lets Temporal back and waits until all orders up to `last` are delivered.
async fn drain(gate: &Gate, sql: &Sql, last: i64) -> Result<Duration> {
    let began = Instant::now();
    gate.open();
    while waiting(sql, last).await? > 0 {
        anyhow::ensure!(began.elapsed() < PATIENCE, "the heap is not drained");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(began.elapsed())
}

async fn waiting(sql: &Sql, last: i64) -> Result<i64> {
    let waiting = "select count(*) from outbox where sent_at is null and seq <= $1";
    Ok(sql.query_one(waiting, &[&last]).await?.get(0))
}

/// Submits go on until the heap is drained; the median of their p99s, five seconds each.
async fn during(sql: &Sql, last: i64, submitters: &mut Vec<Submitter>) -> Result<f64> {
    let mut loads = Vec::new();
    loop {
        let load = open(submitters, SUBMITS_PER_SECOND, Duration::from_secs(5)).await?.expect_success()?;
        loads.push(load.quantile(0.99));
        if waiting(sql, last).await? == 0 {
            return Ok(Spread::of(loads, 0).median);
        }
    }
}

/// How far the number of runs is from the number of tickets, once the list of runs has caught up.
async fn doubled(temporal: &Temporal, world: &World, sql: &Sql) -> Result<f64> {
    let queue = world.schedule().strip_prefix("reconcile-").context("name of the queue")?.to_owned();
    let tickets: i64 = sql.query_one("select count(*) from tickets", &[]).await?.get(0);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let runs = temporal.n_runs(&queue).await?;
        if runs == tickets || Instant::now() > end {
            return Ok(float((runs - tickets).unsigned_abs()));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
