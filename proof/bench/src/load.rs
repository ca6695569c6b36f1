//! Load. Closed: each caller asks again when it has its answer; good for a peak. Open: calls begin when they are due,
//! whatever became of the earlier ones, and their latency counts from then; good for latency.

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// Longest latency that is told apart, in microseconds.
const LONGEST: u64 = 120_000_000;

/// Somebody who calls again and again, on a connection of their own.
pub(crate) trait Caller: Send + 'static {
    /// Makes one call and answers its status.
    fn call(&mut self) -> impl Future<Output = Result<u16>> + Send;
}

/// What a load gave: latencies in microseconds by status, counted from when the call was due.
pub(crate) struct Load {
    pub(crate) elapsed: Duration,
    answers: BTreeMap<u16, Histogram<u64>>,
}

impl Load {
    fn new() -> Self {
        Self { elapsed: Duration::ZERO, answers: BTreeMap::new() }
    }

    fn add(&mut self, status: u16, latency: Duration) -> Result<()> {
        let histogram = match self.answers.entry(status) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => new.insert(Histogram::new_with_bounds(1, LONGEST, 3)?),
        };
        histogram.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST).max(1));
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        for (status, histogram) in other.answers {
            match self.answers.get_mut(&status) {
                Some(known) => known.add(histogram)?,
                None => drop(self.answers.insert(status, histogram)),
            }
        }
        Ok(())
    }

    /// How many answers had a status that fits.
    pub(crate) fn n(&self, fits: impl Fn(u16) -> bool) -> u64 {
        self.answers.iter().filter(|(status, _)| fits(**status)).map(|(_, histogram)| histogram.len()).sum()
    }

    /// Successful answers in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.rate_of(is_success)
    }

    /// Other answers in a second.
    pub(crate) fn rate_of(&self, fits: impl Fn(u16) -> bool) -> f64 {
        float(self.n(fits)) / self.elapsed.as_secs_f64()
    }

    /// A quantile of the latency of successful answers, in milliseconds.
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        self.quantile_of(quantile, is_success)
    }

    /// The same of other answers; zero when there is none.
    pub(crate) fn quantile_of(&self, quantile: f64, fits: impl Fn(u16) -> bool) -> f64 {
        let mut sum: Option<Histogram<u64>> = None;
        for (_, histogram) in self.answers.iter().filter(|(status, _)| fits(**status)) {
            match &mut sum {
                // Histograms of the same bounds always fit into each other.
                Some(sum) => sum.add(histogram).unwrap_or_default(),
                None => sum = Some(histogram.clone()),
            }
        }
        sum.map_or(0.0, |sum| float(sum.value_at_quantile(quantile)) / 1000.0)
    }

    /// Fails when any answer was no success.
    ///
    /// # Errors
    /// With the statuses that were seen.
    pub(crate) fn expect_success(self) -> Result<Self> {
        let seen: BTreeMap<_, _> = self.answers.iter().map(|(status, histogram)| (*status, histogram.len())).collect();
        anyhow::ensure!(!seen.is_empty() && self.n(is_success) == self.n(|_| true), "answers by status: {seen:?}");
        Ok(self)
    }
}

/// Each caller calls, waits for the answer and calls again, for so long.
///
/// # Errors
/// When a call has no answer.
pub(crate) async fn closed<C: Caller>(callers: &mut Vec<C>, length: Duration) -> Result<Load> {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for mut caller in mem::take(callers) {
        tasks.spawn(async move {
            let mut load = Load::new();
            let mut now = Instant::now();
            while now.duration_since(began) < length {
                let status = caller.call().await?;
                let end = Instant::now();
                load.add(status, end - now)?;
                now = end;
            }
            anyhow::Ok((load, caller))
        });
    }
    gather(tasks, callers, began).await
}

/// Calls begin at a fixed rate for so long; a call that finds no free caller waits, and that counts.
///
/// # Errors
/// When a call has no answer.
pub(crate) async fn open<C: Caller>(callers: &mut Vec<C>, rate: f64, length: Duration) -> Result<Load> {
    let (due, queue) = mpsc::unbounded_channel();
    let queue = Arc::new(Mutex::new(queue));
    let began = Instant::now();
    // Timers of the runtime tell whole milliseconds; a thread of its own is two orders better.
    let clock = std::thread::spawn(move || {
        for nth in 0_u32.. {
            let at = Duration::from_secs_f64(f64::from(nth) / rate);
            if at >= length {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "calls are due at times, not after states")]
            std::thread::sleep((began + at).saturating_duration_since(Instant::now()));
            if due.send(began + at).is_err() {
                return;
            }
        }
    });
    let mut tasks = JoinSet::new();
    for mut caller in mem::take(callers) {
        let queue = Arc::clone(&queue);
        tasks.spawn(async move {
            let mut load = Load::new();
            while let Some(due) = next(&queue).await {
                let status = caller.call().await?;
                load.add(status, due.elapsed())?;
            }
            anyhow::Ok((load, caller))
        });
    }
    let load = gather(tasks, callers, began).await;
    clock.join().map_err(|_| anyhow::anyhow!("the clock panicked"))?;
    load
}

async fn next(queue: &Mutex<mpsc::UnboundedReceiver<Instant>>) -> Option<Instant> {
    queue.lock().await.recv().await
}

async fn gather<C: Caller>(
    mut tasks: JoinSet<Result<(Load, C)>>,
    callers: &mut Vec<C>,
    began: Instant,
) -> Result<Load> {
    let mut sum = Load::new();
    while let Some(done) = tasks.join_next().await {
        let (load, caller) = done.context("a caller panicked")??;
        sum.merge(load)?;
        callers.push(caller);
    }
    sum.elapsed = began.elapsed();
    Ok(sum)
}

pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// A count as a number to reckon with; exact up to 2⁵³.
pub(crate) fn float(count: u64) -> f64 {
    #[expect(clippy::as_conversions, reason = "there is no other way from u64 to f64")]
    {
        count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Slow(Duration, u16);

    impl Caller for Slow {
        async fn call(&mut self) -> Result<u16> {
            tokio::time::sleep(self.0).await;
            Ok(self.1)
        }
    }

    #[tokio::test]
    async fn a_closed_load_asks_as_fast_as_it_is_answered() -> Result<()> {
        let mut callers = vec![Slow(Duration::from_millis(10), 202), Slow(Duration::from_millis(10), 503)];
        let load = closed(&mut callers, Duration::from_millis(200)).await?;
        assert_eq!(callers.len(), 2);
        let (good, refused) = (load.n(is_success), load.n(|status| status == 503));
        assert!((5..=20).contains(&good) && (5..=20).contains(&refused), "{good} and {refused}");
        assert!(load.quantile(0.5) >= 10.0);
        assert!(load.expect_success().is_err());
        Ok(())
    }

    #[tokio::test]
    async fn an_open_load_counts_the_wait_for_a_free_caller() -> Result<()> {
        // Ten calls a second apart by 10 ms, each of which takes 50 ms: the last waits for all before it.
        let load = open(&mut vec![Slow(Duration::from_millis(50), 200)], 100.0, Duration::from_millis(100)).await?;
        assert_eq!(load.n(is_success), 10);
        assert!(load.quantile(1.0) >= 400.0, "{}", load.quantile(1.0));
        Ok(())
    }
}
