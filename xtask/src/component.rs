//! The parts of an installation, one file each, all of one shape: `Settings`, `start`, what it answers at.

pub mod controlplane;
pub mod gateway;
pub mod kubevirt;
pub mod postgres;
pub mod server;
pub mod temporal;
pub mod temporal_server;
pub mod worker;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::supervisor::{self, Farewell, Service, Tier};

/// A local service that is not ready after this has failed.
const BOUND: Duration = Duration::from_secs(60);

/// Starts a service of ours; its ready line and the lines before it.
fn start_ours(name: &str, tier: Tier, command: Command, log: PathBuf) -> Result<(Value, Vec<Value>)> {
    let voice =
        supervisor::start(Service { name: name.to_owned(), tier, farewell: Farewell::Terminate, command, log })?;
    voice.event("ready", BOUND)
}

fn text(ready: &Value, field: &str) -> Result<String> {
    ready[field].as_str().map(str::to_owned).with_context(|| format!("the ready line lacks {field}: {ready}"))
}
