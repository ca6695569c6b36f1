//! P2, submit latency: 500 submits a second, whether or not the earlier ones are answered.

use anyhow::Result;

use crate::figure::Figure;
use crate::floor::pgbench::Pgbench;
use crate::floor::submit::Scripts;
use crate::load::{Load, open};
use crate::measure::in_turn;
use crate::shop::Shop;
use crate::stage::Stage;

use super::p1::CONNECTIONS;

const RATE: u32 = 500;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let scripts = Scripts::of(&shop, &shop.template("floor").await?).await?;
    let floor = Pgbench::new(&shop.world.database.server_url()?, &scripts.one_statement())?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let length = stage.options.round;
    open(&mut submitters, f64::from(RATE), length / 2).await?.expect_success()?;
    let kept = in_turn(
        &stage.options,
        async || floor.latency(CONNECTIONS, RATE, length).await,
        async || open(&mut submitters, f64::from(RATE), length).await?.expect_success(),
    )
    .await?;
    let f1 = "F1 at the same rate, average";
    let quantile = |quantile: f64| move |load: &Load| load.quantile(quantile);
    Ok(vec![
        Figure::over("P2", "submit p50 at 500/s", "ms", f1, &kept, quantile(0.5)).at_most(2.0),
        Figure::spread("P2", "submit p99 at 500/s", "ms", kept.spread(quantile(0.99))).at_most(8.0),
        Figure::spread("P2", "submit p99.9 at 500/s", "ms", kept.spread(quantile(0.999))).at_most(25.0),
    ])
}
