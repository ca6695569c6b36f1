//! A Temporal server on PostgreSQL, for measurements: the development server's SQLite tells nothing of commits.

use std::path::PathBuf;

use anyhow::Result;

use super::{start_ours, text};
use crate::supervisor::{Tier, mortal};

pub struct Settings<'a> {
    pub program: PathBuf,
    /// PostgreSQL as a role that may make databases.
    pub postgres: &'a str,
    pub log: PathBuf,
}

/// Starts it in databases of its own, on ports of its own choice; where its frontend listens.
pub fn start(settings: Settings) -> Result<String> {
    let mut server = mortal(&settings.program, "KILL");
    server.arg("serve").env("TEMPORAL_POSTGRES_URL", settings.postgres);
    let (ready, _) = start_ours("temporal on postgres", Tier::Cluster, server, settings.log)?;
    text(&ready, "address")
}
