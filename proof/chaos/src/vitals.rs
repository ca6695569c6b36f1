//! What a long run costs: memory of our processes over time, and what is left in the database and in Temporal.

use serde::{Deserialize, Serialize};
use shepherd_tests::World;
use shepherd_tests::process::Process;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// A process that has just started is still filling its pools and caches.
const YOUNG: Duration = Duration::from_secs(5);

/// Memory of a process over a run, its restarts included.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    pub samples: u32,
    pub peak_mib: f64,
    /// Least squares over the samples of processes that are not young.
    pub slope_mib_per_hour: f64,
}

/// Looks at processes while a run goes on.
pub(crate) struct Vitals {
    began: Instant,
    looked: Option<Instant>,
    /// Process id and since when it is seen.
    since: BTreeMap<&'static str, (u32, Instant)>,
    /// Hours and MiB.
    samples: BTreeMap<&'static str, Vec<(f64, f64)>>,
}

impl Vitals {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), looked: None, since: BTreeMap::new(), samples: BTreeMap::new() }
    }

    /// Takes a sample, unless the last was a moment ago.
    pub(crate) fn look(&mut self, world: &World) {
        let now = Instant::now();
        if self.looked.is_some_and(|looked| now.duration_since(looked) < PAUSE) {
            return;
        }
        self.looked = Some(now);
        for (name, process) in [("server", Some(&world.server)), ("worker", world.worker.as_ref())] {
            let Some(id) = process.and_then(Process::id) else { continue };
            let (known, since) = self.since.get(name).copied().unwrap_or((id, now));
            let since = if known == id { since } else { now };
            self.since.insert(name, (id, since));
            if let Some(mib) = resident_mib(id).filter(|_| now.duration_since(since) >= YOUNG) {
                let hours = now.duration_since(self.began).as_secs_f64() / 3600.0;
                self.samples.entry(name).or_default().push((hours, mib));
            }
        }
    }

    /// What was seen of each process.
    pub(crate) fn memory(&self) -> BTreeMap<String, Memory> {
        self.samples.iter().map(|(name, samples)| ((*name).to_owned(), memory(samples))).collect()
    }
}

/// Nothing for a process that has ended in between.
fn resident_mib(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kib.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}

fn memory(samples: &[(f64, f64)]) -> Memory {
    let n = f64::from(u32::try_from(samples.len()).unwrap_or(u32::MAX));
    let (at, mib) =
        (samples.iter().map(|one| one.0).sum::<f64>() / n, samples.iter().map(|one| one.1).sum::<f64>() / n);
    let together: f64 = samples.iter().map(|one| (one.0 - at) * (one.1 - mib)).sum();
    let spread: f64 = samples.iter().map(|one| (one.0 - at).powi(2)).sum();
    Memory {
        samples: u32::try_from(samples.len()).unwrap_or(u32::MAX),
        peak_mib: samples.iter().map(|one| one.1).fold(0.0, f64::max),
        slope_mib_per_hour: if spread > 0.0 { together / spread } else { 0.0 },
    }
}

/// Rows that nobody sees any more, of the tables that have any; after looking at all of them.
///
/// # Errors
/// When PostgreSQL does not answer.
pub(crate) async fn dead_rows(world: &World) -> anyhow::Result<BTreeMap<String, i64>> {
    let sql = world.sql().await?;
    // The counts do not survive a crash.
    sql.batch_execute("analyze; select pg_stat_force_next_flush()").await?;
    let dead = "select relname::text, n_dead_tup from pg_stat_user_tables where n_dead_tup > 0 order by 2 desc";
    let rows = sql.query(dead, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

#[cfg(test)]
mod tests {
    use super::memory;

    #[test]
    fn a_slope_is_that_of_the_line_through_the_samples() {
        let rising: Vec<_> = (0..10).map(|n| (f64::from(n) / 10.0, 40.0 + 2.0 * f64::from(n) / 10.0)).collect();
        let seen = memory(&rising);
        assert!((seen.slope_mib_per_hour - 2.0).abs() < 1e-9 && (seen.peak_mib - 41.8).abs() < 1e-9, "{seen:?}");
        assert!(memory(&[(0.0, 30.0)]).slope_mib_per_hour.abs() < 1e-9);
    }
}
