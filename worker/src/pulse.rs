//! The worker's pulse: what it sees of its dependencies, written down every few seconds. It is the only sign by which
//! others know that a worker lives.

use shepherd_store::dependencies::{BEAT, Dependency};
use shepherd_store::{Error, Store};
use std::time::Instant;
use tracing::debug;

use crate::health::Health;

/// Beats until the process ends.
pub(crate) struct Pulse {
    pub(crate) store: Store,
    pub(crate) health: Health,
}

impl Pulse {
    pub(crate) async fn run(self) {
        let mut away: Option<Instant> = None;
        loop {
            match self.beat(away).await {
                Ok(()) => away = None,
                Err(Error::Unavailable(_)) => away = away.or_else(|| Some(Instant::now())),
                // The schema is not there yet, or another release's.
                Err(error) => debug!(%error, "pulse not noted"),
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    async fn beat(&self, away: Option<Instant>) -> Result<(), Error> {
        if let Some(since) = away {
            self.store.database_was_away(since.elapsed()).await?;
        }
        let mut seen = vec![(Dependency::Database, true), (Dependency::Worker, true)];
        let other = |(name, good): (String, bool)| {
            let dependency = match name.strip_prefix("cluster ") {
                Some(cluster) => Dependency::Cluster(cluster.to_owned()),
                None if name == "temporal" => Dependency::Temporal,
                None => return None,
            };
            Some((dependency, good))
        };
        seen.extend(self.health.states().into_iter().filter_map(other));
        self.store.dependencies_note(&seen).await
    }
}
