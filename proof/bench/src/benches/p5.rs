//! P5, lag of the outbox: from the commit of a submit until Temporal has started the first workflow task of its run, at 50
//! submits a second. The end is the time of the event `WorkflowTaskStarted` in the run's history; the beginning is the
//! ticket's own time, which is that of its transaction's begin and so a little too early.

use anyhow::Result;
use chrono::{DateTime, Utc};
use shepherd_tests::World;
use std::time::Duration;
use temporalio_common::protos::temporal::api::enums::v1::EventType;

use crate::approvals::delivered;
use crate::figure::{Figure, Spread};
use crate::load::open;
use crate::measure::repeated;
use crate::shop::Shop;
use crate::stage::Stage;
use crate::temporal::Temporal;

const SUBMITS_PER_SECOND: f64 = 50.0;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::on(World::start().await?).await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let sql = shop.world.sql().await?;
    let temporal = Temporal::connect().await?;
    let mut since: DateTime<Utc> = DateTime::UNIX_EPOCH;
    let rounds = repeated(&stage.options, async || {
        open(&mut submitters, SUBMITS_PER_SECOND, stage.options.round).await?.expect_success()?;
        delivered(&sql, PATIENCE).await?;
        let made = "select id::text, extract(epoch from created_at)::float8, created_at::text from tickets \
                    where created_at > $1::text::timestamptz order by created_at";
        let mut lags = Vec::new();
        for row in sql.query(made, &[&since.to_rfc3339()]).await? {
            let (ticket, committed): (String, f64) = (row.get(0), row.get(1));
            let run = format!("ticket-{ticket}");
            let started = temporal.first_task(&run, EventType::WorkflowTaskStarted).await?;
            lags.push(1000.0 * (seconds(started)? - committed));
        }
        since = Utc::now();
        anyhow::ensure!(!lags.is_empty(), "no ticket was made");
        lags.sort_by(f64::total_cmp);
        Ok([at(&lags, 50), at(&lags, 99)])
    })
    .await?;
    let spread = |nth: usize| Spread::of(rounds.iter().map(|quantiles| quantiles[nth]), 0);
    Ok(vec![
        Figure::spread("P5", "commit to first workflow task at 50/s, p50", "ms", spread(0)).at_most(20.0),
        Figure::spread("P5", "commit to first workflow task at 50/s, p99", "ms", spread(1)).at_most(100.0),
    ])
}

fn seconds(time: DateTime<Utc>) -> Result<f64> {
    Ok(Duration::new(u64::try_from(time.timestamp())?, time.timestamp_subsec_nanos()).as_secs_f64())
}

/// A percentile of sorted values.
fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((at(&values, 50), at(&values, 99)), (51.0, 100.0));
        assert_eq!(at(&[3.0], 99), 3.0);
    }
}
