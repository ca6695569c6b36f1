//! F3, bare actix-web: how many answers of the same sizes the machine gives when nothing is asked or written.

use anyhow::Result;

use crate::figure::{Figure, Spread};
use crate::floor::bare::Bare;
use crate::load::{Load, closed};
use crate::measure::repeated;
use crate::shop::REQUESTERS;
use crate::shop::Shop;
use crate::stage::Stage;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let bare = Bare::start(&shop.world.database.dump_url()?).await?;
    let body = shop.world.request().to_string();
    let mut accepted = bare.posters(REQUESTERS, "/accept", &body).await?;
    let mut refused = bare.posters(REQUESTERS, "/refuse", &body).await?;
    let length = stage.options.round;
    let rounds = repeated(&stage.options, async || {
        let accepted = closed(&mut accepted, length).await?.expect_success()?;
        Ok((accepted, closed(&mut refused, length).await?))
    })
    .await?;
    let spread = |of: &dyn Fn(&(Load, Load)) -> f64| Spread::of(rounds.iter().map(of), 0);
    let refusals = |(_, refused): &(Load, Load)| refused.rate_of(|status| status == 429);
    Ok(vec![
        Figure::spread("F3", "bare actix-web, always 202", "1/s", spread(&|(accepted, _)| accepted.rate())),
        Figure::spread("F3", "bare actix-web, always 429", "1/s", spread(&refusals)),
    ])
}
