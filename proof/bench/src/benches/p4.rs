//! P4, decisions. Answers: approvals at 200/s whatever became of the earlier ones. Ready: from the commit of a decision until
//! the ticket's workflow has claimed it, at a rate that provisioning on this machine keeps up with.

use anyhow::Result;
use shepherd_tests::World;
use std::time::Duration;

use crate::approvals::{Approver, arrived, delivered, previewed, undecided};
use crate::figure::{Figure, Spread};
use crate::load::{Caller as _, Load, open};
use crate::measure::repeated;
use crate::shop::Shop;
use crate::stage::Stage;

const DECISIONS_PER_SECOND: f64 = 200.0;
/// Each approval makes a machine; the product itself calls a cluster fifty times a second at most.
const RUNS_PER_SECOND: f64 = 5.0;
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let mut figures = answers(stage).await?;
    figures.extend(ready(stage).await?);
    Ok(figures)
}

/// Without a worker, which only comes after the answer.
async fn answers(stage: &Stage) -> Result<Vec<Figure>> {
    let mut world = World::start().await?;
    world.kill_worker().await?;
    let shop = Shop::on(world).await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let sql = shop.world.sql().await?;
    let length = stage.options.round;
    let rounds = repeated(&stage.options, async || {
        let n = count(DECISIONS_PER_SECOND, length);
        for nth in 0..n {
            let which = nth % submitters.len();
            anyhow::ensure!(submitters[which].call().await? == 202, "a submit was refused");
        }
        let approvals = previewed(&shop.world, undecided(&sql).await?).await?;
        let mut room = Approver::room(&shop.world, approvals).await?;
        open(&mut room, DECISIONS_PER_SECOND, length).await?.expect_success()
    })
    .await?;
    let quantile = |quantile| Spread::of(rounds.iter().map(|load: &Load| load.quantile(quantile)), 0);
    Ok(vec![
        Figure::spread("P4", "answer to an approval at 200/s, p50", "ms", quantile(0.5)),
        Figure::spread("P4", "answer to an approval at 200/s, p99", "ms", quantile(0.99)).at_most(10.0),
    ])
}

/// With the worker, up to the claim; the machines are made, too.
async fn ready(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::on(World::start().await?).await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let sql = shop.world.sql().await?;
    let length = stage.options.round;
    let mut n_all = 0;
    let rounds = repeated(&stage.options, async || {
        let n = count(RUNS_PER_SECOND, length);
        for nth in 0..n {
            let which = nth % submitters.len();
            anyhow::ensure!(submitters[which].call().await? == 202, "a submit was refused");
        }
        delivered(&sql, PATIENCE).await?;
        let tickets = undecided(&sql).await?;
        let approvals = previewed(&shop.world, tickets.clone()).await?;
        let mut room = Approver::room(&shop.world, approvals).await?;
        open(&mut room, RUNS_PER_SECOND, length).await?.expect_success()?;
        n_all += i64::try_from(n)?;
        arrived(&sql, &["SUCCESS", "FAILED"], n_all, PATIENCE).await?;
        anyhow::ensure!(n_failed(&sql).await? == 0, "tickets failed");
        claimed(&sql, &tickets).await
    })
    .await?;
    let spread = |nth: usize| Spread::of(rounds.iter().map(|quantiles| quantiles[nth]), 0);
    let what = "the workflow's first act on the decision, by the database's clock; 5 approvals/s, each of which also makes a machine";
    Ok(vec![
        Figure::spread("P4", "decision to workflow ready, p50", "ms", spread(0)).at_most(40.0).note(what),
        Figure::spread("P4", "decision to workflow ready, p95", "ms", spread(1)).at_most(100.0).note(what),
    ])
}

/// Median and 95th percentile of the time from decision to claim, in milliseconds.
async fn claimed(sql: &tokio_postgres::Client, tickets: &[String]) -> Result<[f64; 2]> {
    let row = sql
        .query_one(
            "select percentile_cont(0.5) within group (order by ms), percentile_cont(0.95) within group (order by ms) from ( \
               select 1000 * extract(epoch from e.created_at - r.decided_at)::float8 as ms from events e \
               join approval_requests r on r.tenant_id = e.tenant_id and r.ticket_id = e.resource_id \
               where e.kind = 'ticket' and e.state = 'EXECUTING' and e.resource_id::text = any($1)) claims",
            &[&tickets],
        )
        .await?;
    Ok([row.get(0), row.get(1)])
}

async fn n_failed(sql: &tokio_postgres::Client) -> Result<i64> {
    Ok(sql.query_one("select count(*) from tickets where state = 'FAILED'", &[]).await?.get(0))
}

/// How many calls an open load makes.
fn count(rate: f64, length: Duration) -> usize {
    (0_u32..).take_while(|nth| f64::from(*nth) / rate < length.as_secs_f64()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_tickets_are_made_as_are_decided() {
        assert_eq!(count(200.0, Duration::from_secs(1)), 200);
        assert_eq!(count(5.0, Duration::from_millis(1100)), 6);
    }
}
