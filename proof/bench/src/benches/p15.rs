//! P15, overload: three times as many submits as the peak, whether or not they are answered.

use anyhow::{Context as _, Result};

use crate::figure::{Figure, Spread};
use crate::floor::bare::Bare;
use crate::load::{Caller, Load, closed, float, is_success, open};
use crate::measure::in_turn;
use crate::shop::{Shop, Submitter};
use crate::stage::Stage;

/// Connections of the overload, so that it does not wait for its own.
const CALLERS: usize = 256;
const TIMES: f64 = 3.0;

/// Somebody who submits, and must be told when to come back if not now.
struct Pushing(Submitter);

impl Caller for Pushing {
    async fn call(&mut self) -> Result<u16> {
        let answer = self.0.submit().await?;
        let told = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        anyhow::ensure!(!matches!(answer.status, 429 | 503) || told.is_some(), "{} without Retry-After", answer.status);
        Ok(answer.status)
    }
}

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let shop = Shop::open().await?;
    let template = shop.template("overload").await?;
    let mut submitters = shop.submitters(&shop.world.template).await?;
    let mut pushing: Vec<_> = shop.submitters_of(&template, CALLERS).await?.into_iter().map(Pushing).collect();
    let bare = Bare::start(&shop.world.database.dump_url()?).await?;
    let mut refused = bare.posters(CALLERS, "/refuse", "{}").await?;
    let length = stage.options.round;
    closed(&mut submitters, length / 2).await?.expect_success()?;
    let peak = std::cell::Cell::new(0.0);
    let kept = in_turn(
        &stage.options,
        async || {
            peak.set(closed(&mut submitters, length).await?.expect_success()?.rate());
            Ok(peak.get())
        },
        async || {
            let overloaded = open(&mut pushing, peak.get() * TIMES, length).await?;
            let floor = open(&mut refused, peak.get() * TIMES, length).await?;
            Ok((overloaded, floor))
        },
    )
    .await?;
    let n_acknowledged: u64 = kept.all().map(|(load, _)| load.n(is_success)).sum();
    let n_failed: u64 = kept.all().map(|(load, _)| load.n(|status| status == 500)).sum();
    let n_refused: u64 = kept.all().map(|(load, _)| load.n(is_refusal)).sum();
    let row = shop.world.sql().await?;
    let row = row.query_one("select count(*) from tickets where template_id::text = $1", &[&template]).await?;
    let n_stored = u64::try_from(row.get::<_, i64>(0)).context("count")?;
    let floor = |(_, floor): &(Load, Load)| floor.quantile_of(0.5, is_refusal);
    let refusal = |(load, _): &(Load, Load)| load.quantile_of(0.5, is_refusal);
    let floors = kept.spread(floor);
    let mut refusals = Figure::spread("P15", "refusal, p50", "ms", kept.spread(refusal));
    refusals.floor = Some(floors.median);
    refusals.denominator = Some("F3, a handler that always answers 429, at the same rate".to_owned());
    refusals.ratio = Some(Spread::of(kept.rounds().map(|round| refusal(round) / floor(round)), 0).median);
    Ok(vec![
        Figure::over("P15", "submits at three times the peak", "1/s", "the peak", &kept, |(load, _)| load.rate())
            .ratio_at_least(0.9),
        refusals.ratio_at_most(2.0).note(format!("{n_refused} refusals, each with Retry-After.")),
        Figure::count("P15", "answers 500", float(n_failed), "answers").at_most(0.0),
        Figure::count(
            "P15",
            "acknowledged submits that are not stored",
            float(n_acknowledged.saturating_sub(n_stored)),
            "submits",
        )
        .at_most(0.0)
        .note(format!("{n_acknowledged} acknowledged, {n_stored} stored.")),
    ])
}

fn is_refusal(status: u16) -> bool {
    matches!(status, 429 | 503)
}
