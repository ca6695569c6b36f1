//! The worker: relay, workflows, activities, audit sealer.

use std::path::PathBuf;

use anyhow::Result;

use super::start_ours;
use super::temporal::NAMESPACE;
use crate::supervisor::{Tier, mortal};

pub struct Settings<'a> {
    pub program: PathBuf,
    pub database_url: &'a str,
    pub temporal_address: &'a str,
    pub temporal_ui: &'a str,
    pub port: u16,
    pub codec_capability: &'a str,
    /// Networks of clusters that are not public.
    pub egress: String,
    pub log: PathBuf,
}

pub fn start(settings: Settings) -> Result<()> {
    let mut worker = mortal(&settings.program, "KILL");
    worker
        .env("WORKER_DATABASE_URL", settings.database_url)
        .env_remove("DATABASE_URL")
        .env_remove("OWNER_DATABASE_URL")
        .env("TEMPORAL_ADDRESS", settings.temporal_address)
        .env("SHEPHERD_TEMPORAL_NAMESPACE", NAMESPACE)
        .env("SHEPHERD_TASK_QUEUE", NAMESPACE)
        .env("SHEPHERD_WORKER_LISTEN", format!("127.0.0.1:{}", settings.port))
        .env("SHEPHERD_EGRESS_ALLOW", settings.egress)
        .env("SHEPHERD_CODEC_CAPABILITY", settings.codec_capability)
        .env("SHEPHERD_UI_ORIGIN", settings.temporal_ui);
    start_ours("worker", Tier::Product, worker, settings.log)?;
    Ok(())
}

/// Where Temporal UI has payloads decoded; known before the worker runs.
pub fn codec_url(port: u16, capability: &str) -> String {
    format!("http://127.0.0.1:{port}/codec/{capability}")
}
