//! The parts of an installation, one file each, all of one shape: `Settings`, `start`, what it answers at.

pub mod controlplane;
pub mod gateway;
pub mod kubevirt;
pub mod postgres;
pub mod temporal;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::supervisor::{self, Farewell, Service, Tier, Voice};

/// A local service that is not ready after this has failed.
const BOUND: Duration = Duration::from_secs(60);

/// Starts a service of ours and returns its ready line.
fn start_ours(name: &str, tier: Tier, command: Command, log: PathBuf) -> Result<(Value, Voice)> {
    let voice =
        supervisor::start(Service { name: name.to_owned(), tier, farewell: Farewell::Terminate, command, log })?;
    let ready = voice.event("ready", BOUND)?;
    Ok((ready, voice))
}

fn text(ready: &Value, field: &str) -> Result<String> {
    ready[field].as_str().map(str::to_owned).with_context(|| format!("the ready line lacks {field}: {ready}"))
}
