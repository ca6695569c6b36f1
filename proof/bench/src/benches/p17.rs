//! P17, a list while others write: its p99 with submits at half the peak beside it, against a quiet product.

use anyhow::{Context as _, Result};
use shepherd_tests::{World, volume};

use crate::figure::{Figure, Spread};
use crate::floor::bare::Reader;
use crate::load::{closed, open};
use crate::measure::repeated;
use crate::shop::Shop;
use crate::stage::Stage;

const TICKETS: u64 = 10_000;
const READERS: usize = 8;
/// Lists in a second.
const RATE: f64 = 50.0;

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let world = World::without_worker(&[]).await?;
    // Its approvers would all be told of each submit, which P1 is measured without.
    let approvers = "delete from role_bindings where role = 'Approver' and principal_id in \
                     (select id from principals where username like 'volume-%')";
    volume::fill(&world.sql().await?, TICKETS).await?;
    world.sql().await?.batch_execute(approvers).await?;
    world.sql().await?.batch_execute("vacuum analyze").await?;
    let shop = Shop::on(world).await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let paths = ["/api/v1/tickets?per_page=50".to_owned()];
    let mut readers = Vec::new();
    for nth in 0..READERS {
        let token = shop.world.approver.token().context("a signed-in reader")?;
        readers.push(Reader::open(shop.world.anonymous.base(), Some(token), &paths, nth).await?);
    }
    let length = stage.options.round;
    let half = closed(&mut submitters, length).await?.expect_success()?.rate() / 2.0;
    let rounds = repeated(&stage.options, async || {
        let quiet = open(&mut readers, RATE, length).await?.expect_success()?;
        let (read, written) = tokio::join!(open(&mut readers, RATE, length), open(&mut submitters, half, length));
        let _: crate::load::Load = written?.expect_success()?;
        Ok((quiet.quantile(0.99), read?.expect_success()?.quantile(0.99)))
    })
    .await?;
    let mut figure = Figure::spread(
        "P17",
        "list p99 while half the peak is submitted",
        "ms",
        Spread::of(rounds.iter().map(|(_, busy)| *busy), 0),
    );
    figure.floor = Some(Spread::of(rounds.iter().map(|(quiet, _)| *quiet), 0).median);
    figure.denominator = Some("the same without submits".to_owned());
    figure.ratio = Some(Spread::of(rounds.iter().map(|(quiet, busy)| busy / quiet), 0).median);
    Ok(vec![
        figure.ratio_at_most(2.0).note(format!("{half:.0} submits and {RATE:.0} lists a second, {TICKETS} tickets.")),
    ])
}
