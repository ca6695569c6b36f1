//! The net under all runs, let down by hand: it compares every unfinished ticket with its run.

use anyhow::Context as _;

use crate::World;
use crate::database::connect;
use crate::temporal::operate_at;

/// The net of one world, whoever of its processes is alive.
#[derive(Clone)]
pub struct Net {
    database: String,
    temporal: String,
    schedule: String,
}

impl Net {
    /// The net of `world`.
    ///
    /// # Errors
    /// When the administrator's URL is no URL, or the run has no Temporal.
    pub fn of(world: &World) -> anyhow::Result<Self> {
        let environment = world.worker_environment()?;
        let temporal = environment.iter().rfind(|(name, _)| *name == "TEMPORAL_ADDRESS").context("Temporal")?.1.clone();
        Ok(Self { database: world.database.dump_url()?, temporal, schedule: world.schedule() })
    }

    /// Lets it down now, as if tickets had stood for the minute in which nothing is missing yet.
    ///
    /// # Errors
    /// When PostgreSQL or Temporal does not answer.
    pub async fn let_down(&self) -> anyhow::Result<()> {
        let aged =
            "set session_replication_role = replica; update tickets set updated_at = now() - interval '61 seconds'";
        connect(&self.database).await?.batch_execute(aged).await?;
        operate_at(&self.temporal, &["schedule", "trigger", "--schedule-id", &self.schedule]).await
    }

    /// How many orders wait to be delivered.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn n_unsent(&self) -> anyhow::Result<i64> {
        let unsent = "select count(*) from outbox where sent_at is null";
        Ok(connect(&self.database).await?.query_one(unsent, &[]).await?.get(0))
    }
}
