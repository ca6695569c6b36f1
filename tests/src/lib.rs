//! What the tests stand on: real processes, real components, one database for each test.
//!
//! `cargo xtask test` starts the components and says in the environment where they are; `cargo xtask env` does the
//! same for single tests.

pub mod account;
pub mod client;
pub mod cluster;
pub mod contract;
pub mod database;
pub mod environment;
pub mod kubernetes;
pub mod people;
pub mod process;
pub mod temporal;
pub mod volume;
pub mod wal;
pub mod wire;
pub mod world;

pub use client::{Answer, Client};
pub use kubernetes::Kubernetes;
pub use world::World;

use std::time::Duration;
use tokio::time::Instant;

/// Longest wait for a state in a test.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Asks again until there is an answer, within [`PATIENCE`].
///
/// # Errors
/// When the state does not come; `what` names it.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let end = Instant::now() + PATIENCE;
    let mut pause = tokio::time::interval(Duration::from_millis(25));
    loop {
        pause.tick().await;
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        anyhow::ensure!(Instant::now() < end, "waited {PATIENCE:?} for {what}");
    }
}
