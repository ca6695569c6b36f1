//! P18, a held snapshot: somebody leaves a transaction open, so that nothing that changes can be cleaned up, while
//! submits go on. Each submit takes a number from its Service, which changes the same few rows again and again.

use anyhow::Result;
use shepherd_tests::World;
use std::time::Duration;

use crate::figure::{Figure, Spread};
use crate::load::{closed, float, open};
use crate::shop::Shop;
use crate::stage::Stage;

/// How long the transaction stays open when rounds are five seconds long; it grows with them.
const ROUNDS_HELD: u32 = 24;
const RATE: f64 = 200.0;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let length = stage.options.round;
    let held = length * ROUNDS_HELD;
    closed(&mut submitters, length).await?.expect_success()?;
    let before = closed(&mut submitters, length).await?.expect_success()?.rate();
    let quiet = open(&mut submitters, RATE, length).await?.expect_success()?.quantile(0.99);
    let holder = shop.world.sql().await?;
    // A snapshot and a number of its own, as a forgotten session of an administrator has.
    holder
        .batch_execute(
            "begin isolation level repeatable read; select pg_current_xact_id(); select count(*) from tickets",
        )
        .await?;
    let during = open(&mut submitters, RATE, held).await?.expect_success()?.quantile(0.99);
    let after = closed(&mut submitters, length).await?.expect_success()?.rate();
    let n_dead = dead(&shop.world).await?;
    holder.batch_execute("rollback").await?;
    let seconds = Duration::as_secs(&held);
    let mut drop = Figure::spread("P18", "submits behind a snapshot held open", "1/s", Spread::of([after], 0));
    (drop.floor, drop.ratio) = (Some(before), Some(after / before));
    drop.denominator = Some("before it was held".to_owned());
    let mut bystander = Figure::spread("P18", "submit p99 at 200/s meanwhile", "ms", Spread::of([during], 0));
    (bystander.floor, bystander.ratio) = (Some(quiet), Some(during / quiet));
    bystander.denominator = Some("before it was held".to_owned());
    Ok(vec![
        drop.ratio_at_least(0.9).note(format!("held for {seconds} s at {RATE:.0} submits a second.")),
        bystander,
        Figure::count("P18", "dead rows at the end", n_dead, "rows"),
    ])
}

async fn dead(world: &World) -> Result<f64> {
    let sql = world.sql().await?;
    sql.batch_execute("select pg_stat_force_next_flush()").await?;
    let row = sql.query_one("select coalesce(sum(n_dead_tup), 0)::bigint from pg_stat_user_tables", &[]).await?;
    Ok(float(u64::try_from(row.get::<_, i64>(0))?))
}
