//! P3, work per submit: counts that no neighbour on the machine disturbs.

use anyhow::{Context as _, Result};
use shepherd_tests::World;
use shepherd_tests::database::Database;
use shepherd_tests::wal::Wal;
use shepherd_tests::wire::Wire;
use std::time::Duration;

use crate::figure::Figure;
use crate::load::{Caller as _, float};
use crate::shop::Shop;
use crate::stage::Stage;

/// Submits that are counted, and before them those that prepare statements and touch pages.
const COUNTED: usize = 1000;
const WARM_UP: usize = 200;
/// Submits whose turns are told apart by answers that are held back.
const SLOW: u64 = 20;
const ANSWERS_TAKE: Duration = Duration::from_millis(50);

pub(crate) async fn run(_: &Stage) -> Result<Vec<Figure>> {
    let database = Database::create().await?;
    let url = database.server_url()?;
    let wire = Wire::start(&url).await?;
    let settings = [("DATABASE_URL", wire.through(&url)?), ("SHEPHERD_DATABASE_CONNECTIONS", "1".to_owned())];
    let shop = Shop::on(World::on(database, &settings).await?).await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let one = submitters.first_mut().context("a submitter")?;
    for _ in 0..WARM_UP {
        anyhow::ensure!(one.call().await? == 202, "a submit was refused");
    }
    wire.hold_answers(ANSWERS_TAKE);
    let before = wire.counts();
    for _ in 0..SLOW {
        anyhow::ensure!(one.call().await? == 202, "a submit was refused");
    }
    let cost = wire.counts() - before;
    wire.hold_answers(Duration::ZERO);
    let sql = shop.world.sql().await?;
    let wal = Wal::start(&sql).await?;
    for _ in 0..COUNTED {
        anyhow::ensure!(one.call().await? == 202, "a submit was refused");
    }
    let (n_submits, written) = wal.of_submits(&sql).await?;
    anyhow::ensure!(n_submits == i64::try_from(COUNTED)?, "the log tells of {n_submits} submits");
    let each = |of: i64| -> Result<f64> { Ok(float(u64::try_from(of)?) / float(u64::try_from(n_submits)?)) };
    let bytes = each(written.iter().map(|one| one.bytes - one.full_page_bytes).sum())?;
    let pages = each(written.iter().map(|one| one.full_page_bytes).sum())?;
    let mut most = Vec::new();
    for one in &written {
        let name = if one.relation.is_empty() { "commit and locks" } else { &one.relation };
        most.push(format!("{name} {:.0}", each(one.bytes - one.full_page_bytes)?));
    }
    Ok(vec![
        Figure::count("P3", "round trips of a submit", float(cost.turns) / float(SLOW), "round trips").at_most(2.0),
        Figure::count("P3", "commits of a submit", float(cost.commits) / float(SLOW), "commits").at_most(1.0),
        Figure::count("P3", "write-ahead log of a submit", bytes, "bytes").at_most(4096.0).note(format!(
            "by table and index: {}. Whole pages after a checkpoint came to {pages:.0} more in this run.",
            most.join(", ")
        )),
    ])
}
