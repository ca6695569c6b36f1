//! P1, submit peak: 32 clients with sessions of their own on kept connections, fifty Systems, everything on: signature,
//! session, permission, row-level security, validation, idempotency key, audit record.

use anyhow::Result;

use crate::figure::Figure;
use crate::floor::pgbench::Pgbench;
use crate::floor::submit::Scripts;
use crate::load::{Load, closed};
use crate::measure::in_turn;
use crate::shop::Shop;
use crate::stage::Stage;

/// Connections of the floor: as many as the server has.
pub(crate) const CONNECTIONS: usize = 16;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let of_floor = shop.template("floor").await?;
    let scripts = Scripts::of(&shop, &of_floor).await?;
    let floor = Pgbench::new(&shop.world.database.server_url()?, &scripts.one_statement())?;
    let pipeline = Pgbench::new(&shop.world.database.server_url()?, &scripts.pipeline())?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let length = stage.options.round;
    closed(&mut submitters, length / 2).await?.expect_success()?;
    let kept = in_turn(
        &stage.options,
        async || floor.rate(CONNECTIONS, length).await,
        async || {
            let pipelined = pipeline.rate(CONNECTIONS, length).await?;
            Ok((closed(&mut submitters, length).await?.expect_success()?, pipelined))
        },
    )
    .await?;
    let f1 = "F1 (pgbench, the same rows as one statement)";
    let rate = |(load, _): &(Load, f64)| load.rate();
    Ok(vec![
        Figure::over("P1", "submits", "1/s", f1, &kept, rate).ratio_at_least(0.5),
        Figure::spread("P1", "submit p50", "ms", kept.spread(|(load, _)| load.quantile(0.5))),
        Figure::spread("P1", "submit p99", "ms", kept.spread(|(load, _)| load.quantile(0.99))).at_most(15.0),
        Figure::over("F2", "the same rows, a statement each, pipelined", "1/s", f1, &kept, |(_, rate)| *rate),
    ])
}
