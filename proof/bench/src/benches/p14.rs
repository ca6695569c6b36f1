//! P14, signing in: local accounts in a second, and what a flood of them does to those who submit.

use anyhow::Result;
use serde_json::json;
use shepherd_tests::people::PASSWORD;

use crate::figure::{Figure, Spread};
use crate::http::Connection;
use crate::load::{Caller, Load, closed, float, open};
use crate::measure::repeated;
use crate::shop::Shop;
use crate::stage::Stage;

/// Who signs in at once, again and again.
const SIGNING_IN: usize = 8;
/// Submits in a second beside them.
const RATE: f64 = 200.0;

/// Somebody who signs in again and again.
struct SigningIn {
    connection: Connection,
    body: String,
}

impl Caller for SigningIn {
    async fn call(&mut self) -> Result<u16> {
        Ok(self.connection.post("/api/v1/auth/token", None, self.body.clone()).await?.status)
    }
}

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let mut flood = Vec::new();
    for nth in 0..SIGNING_IN {
        let connection = Connection::open(shop.world.anonymous.base(), None).await?;
        let body = json!({"username": format!("requester-{nth}"), "password": PASSWORD}).to_string();
        flood.push(SigningIn { connection, body });
    }
    let length = stage.options.round;
    open(&mut submitters, RATE, length / 2).await?.expect_success()?;
    let rounds = repeated(&stage.options, async || {
        let quiet = open(&mut submitters, RATE, length).await?.expect_success()?;
        let (signed_in, beside) = tokio::join!(closed(&mut flood, length), open(&mut submitters, RATE, length));
        Ok((quiet, signed_in?.expect_success()?, beside?.expect_success()?))
    })
    .await?;
    let cores = float(u64::try_from(std::thread::available_parallelism()?.get())?);
    let spread = |of: &dyn Fn(&(Load, Load, Load)) -> f64| Spread::of(rounds.iter().map(of), 0);
    let quiet = spread(&|(quiet, _, _)| quiet.quantile(0.99));
    let mut beside = Figure::spread(
        "P14",
        "submit p99 at 200/s during a flood of sign-ins",
        "ms",
        spread(&|(_, _, beside)| beside.quantile(0.99)),
    );
    beside.floor = Some(quiet.median);
    beside.denominator = Some("the same without the flood".to_owned());
    beside.ratio = Some(spread(&|(quiet, _, beside)| beside.quantile(0.99) / quiet.quantile(0.99)).median);
    Ok(vec![
        Figure::spread("P14", "local sign-ins a core", "1/s", spread(&|(_, signed_in, _)| signed_in.rate() / cores))
            .at_least(15.0),
        beside.ratio_at_most(1.5),
    ])
}
