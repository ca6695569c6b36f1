//! Temporal's development server with its UI.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::BOUND;
use crate::command::{command, succeeds};
use crate::supervisor::{self, Farewell, Service, Tier, mortal};

/// Namespace and task queue stand in histories: they do not change.
pub const NAMESPACE: &str = "shepherd";

pub struct Settings {
    pub cli: PathBuf,
    /// Kept from run to run.
    pub database: PathBuf,
    pub port: u16,
    pub ui_port: u16,
    /// Where the UI has payloads decoded.
    pub codec: Option<String>,
    /// Tests let workflows skip their timers.
    pub time_skipping: bool,
    pub log: PathBuf,
}

pub struct Temporal {
    pub address: String,
    pub ui: String,
}

/// Address of the UI on that port.
pub fn ui_url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

pub fn start(settings: Settings) -> Result<Temporal> {
    let temporal = Temporal { address: format!("127.0.0.1:{}", settings.port), ui: ui_url(settings.ui_port) };
    let mut server = mortal(&settings.cli, "KILL");
    server
        .args(["server", "start-dev", "--ip", "127.0.0.1"])
        .args(["--port", &settings.port.to_string()])
        .args(["--ui-port", &settings.ui_port.to_string()])
        .args(["--namespace", NAMESPACE, "--ui-disable-news-fetch"])
        .arg("--db-filename")
        .arg(&settings.database)
        .args(["--sqlite-pragma", "journal_mode=WAL"])
        .args(["--sqlite-pragma", "synchronous=NORMAL"])
        .args(["--log-level", "warn"]);
    if let Some(codec) = &settings.codec {
        server.args(["--ui-codec-endpoint", codec]);
    }
    if settings.time_skipping {
        let skipping = "frontend.WorkflowTimeSkippingEnabled=true";
        server.args(["--dynamic-config-value", skipping]);
    }
    let voice = supervisor::start(Service {
        name: "temporal".to_owned(),
        tier: Tier::Store,
        farewell: Farewell::Terminate,
        command: server,
        log: settings.log,
    })?;
    voice.until(BOUND, || has_namespace(&settings.cli, &temporal.address))?;
    Ok(temporal)
}

fn has_namespace(cli: &Path, address: &str) -> bool {
    let mut describe = command(cli);
    describe.args(["operator", "namespace", "describe", "--address", address]).args(["--namespace", NAMESPACE]);
    succeeds(describe)
}
