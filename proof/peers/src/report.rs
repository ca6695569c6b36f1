//! What a peer is told and what it says.

use clap::Parser;
use serde::{Deserialize, Serialize};

/// Command line of every peer.
#[derive(Parser, Clone, Debug)]
pub struct Arguments {
    /// An empty database, as a role that may make tables in it
    #[arg(long, env = "PEER_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Clients at once; each waits for the end of its request before its next one
    #[arg(long, default_value_t = 1)]
    pub clients: u64,
    /// Requests of all clients together
    #[arg(long, default_value_t = 100)]
    pub tasks: u64,
}

/// The one line that a peer prints.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub peer: String,
    pub clients: u64,
    pub tasks: u64,
    /// From the first submit to the last end.
    pub seconds: f64,
    /// Answer to each submit, as its client saw it.
    pub submit_us: Vec<u64>,
    /// From each decision to the end of its last step, by the database's clock.
    pub done_us: Vec<u64>,
    /// Acknowledged and not ended with all its audit rows.
    pub lost: i64,
    /// Actions that happened more than once.
    pub doubled: i64,
    /// Length of one history, for engines that keep one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<i64>,
}

impl Report {
    /// Prints itself.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn print(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}
