//! The server: HTTP API and console.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::{start_ours, text};
use crate::command::{command, read};
use crate::supervisor::{Tier, mortal};

pub struct Settings<'a> {
    pub program: PathBuf,
    pub database_url: &'a str,
    pub port: u16,
    /// Empty for none.
    pub temporal_ui: &'a str,
    /// After this a request expires; the server's own default when none.
    pub approval_timeout: Option<Duration>,
    pub log: PathBuf,
}

pub struct Server {
    pub url: String,
    /// Opens the first-run set-up; none when that is done.
    pub setup_token: Option<String>,
}

pub fn migrate(program: &Path, owner_url: &str) -> Result<()> {
    let mut migrate = command(program);
    migrate.arg("migrate").env("OWNER_DATABASE_URL", owner_url);
    read(migrate).context("migrating the database").map(drop)
}

pub fn start(settings: Settings) -> Result<Server> {
    let address = format!("127.0.0.1:{}", settings.port);
    let mut serve = mortal(&settings.program, "KILL");
    serve
        .arg("serve")
        .env("DATABASE_URL", settings.database_url)
        .env_remove("OWNER_DATABASE_URL")
        .env("SHEPHERD_LISTEN", &address)
        .env("SHEPHERD_PUBLIC_URL", format!("http://{address}"));
    if !settings.temporal_ui.is_empty() {
        serve.env("SHEPHERD_TEMPORAL_UI_URL", settings.temporal_ui);
    }
    if let Some(timeout) = settings.approval_timeout {
        serve.env("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", timeout.as_secs().to_string());
    }
    let (ready, said) = start_ours("server", Tier::Product, serve, settings.log)?;
    let setup = said.iter().find(|line| line["event"] == "setup");
    Ok(Server { url: text(&ready, "url")?, setup_token: setup.map(|setup| text(setup, "token")).transpose()? })
}
