//! What work costs PostgreSQL: commits of each database, and bytes of write-ahead log.

use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::load::float;

/// Counters of a session that idles are written down after ten seconds at the latest.
const SETTLED: Duration = Duration::from_secs(11);

/// Databases of the Temporal server that `cargo xtask bench --temporal postgres` starts.
pub(crate) const OF_TEMPORAL: [&str; 2] = ["temporal", "temporal_visibility"];

/// Counters at a moment.
#[derive(Clone, Copy)]
struct Counters {
    at: Instant,
    commits: i64,
    wal: i64,
}

/// Commits and bytes of log of some work, without what goes on anyway.
pub(crate) struct Work {
    pub(crate) commits: f64,
    pub(crate) wal_bytes: f64,
}

/// Does the work and counts. What happens in the same time without it is measured before and subtracted.
///
/// # Errors
/// Those of the work, and when PostgreSQL does not answer.
pub(crate) async fn counted<T>(
    admin: &Client,
    databases: &[&str],
    work: impl AsyncFnOnce() -> Result<T>,
) -> Result<(Work, T)> {
    sleep(SETTLED).await;
    let quiet = counters(admin, databases).await?;
    sleep(SETTLED).await;
    let before = counters(admin, databases).await?;
    let done = work().await?;
    sleep(SETTLED).await;
    let after = counters(admin, databases).await?;
    let without = |of: fn(&Counters) -> i64| {
        let idle = difference(of(&quiet), of(&before)) / (before.at - quiet.at).as_secs_f64();
        difference(of(&before), of(&after)) - idle * (after.at - before.at).as_secs_f64()
    };
    Ok((Work { commits: without(|counters| counters.commits), wal_bytes: without(|counters| counters.wal) }, done))
}

/// Commits of the databases so far. Sessions that have ended have written theirs down.
///
/// # Errors
/// When PostgreSQL does not answer.
pub(crate) async fn commits(admin: &Client, databases: &[&str]) -> Result<i64> {
    Ok(counters(admin, databases).await?.commits)
}

/// Bytes of log since the cluster was made.
///
/// # Errors
/// When PostgreSQL does not answer.
pub(crate) async fn wal(admin: &Client) -> Result<i64> {
    Ok(counters(admin, &[]).await?.wal)
}

async fn counters(admin: &Client, databases: &[&str]) -> Result<Counters> {
    let sql = "select (select coalesce(sum(xact_commit), 0)::bigint from pg_stat_database where datname = any($1)), \
               pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";
    let row = admin.query_one(sql, &[&databases]).await?;
    Ok(Counters { at: Instant::now(), commits: row.get(0), wal: row.get(1) })
}

pub(crate) fn difference(before: i64, after: i64) -> f64 {
    float((after - before).unsigned_abs())
}
