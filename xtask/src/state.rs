//! What one `up` leaves for the next, in `.dev/state.json`: ports, passwords, accounts. Nobody else may read it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::component::postgres::Passwords;
use crate::port::{self, Ports};
use crate::secret;
use crate::workspace::{Workspace, write_private};

#[derive(Serialize, Deserialize)]
pub struct State {
    pub ports: Ports,
    pub passwords: Passwords,
    /// Part of the path of the worker's codec endpoint, which only Temporal UI is told.
    pub codec_capability: String,
    /// Our accounts, by user name.
    #[serde(default)]
    pub accounts: BTreeMap<String, Account>,
    #[serde(skip)]
    file: PathBuf,
    #[serde(skip)]
    fingerprint: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub password: String,
    /// Until its owner has replaced it.
    pub initial_password: Option<String>,
}

/// Held as long as an `up` runs: two of them would fight over the data.
pub struct Lock {
    _file: File,
}

impl Lock {
    pub fn take(workspace: &Workspace) -> Result<Self> {
        let path = workspace.dev.join("lock");
        let file = File::create(&path).with_context(|| format!("opening {}", path.display()))?;
        if file.try_lock().is_err() {
            bail!("another `cargo xtask up` runs in this checkout");
        }
        Ok(Self { _file: file })
    }
}

impl State {
    /// What the last run left, or nothing: then data that is still there belongs to nobody.
    pub fn load(workspace: &Workspace) -> Result<Option<Self>> {
        let file = workspace.data.join("state.json");
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let state: Self = serde_json::from_str(&text).with_context(|| format!("understanding {}", file.display()))?;
        Ok(Some(Self { file, fingerprint: workspace.fingerprint(), ..state }))
    }

    pub fn begin(workspace: &Workspace) -> Result<Self> {
        let state = Self {
            ports: Ports::new(),
            passwords: Passwords::generate()?,
            codec_capability: secret::token(16)?,
            accounts: BTreeMap::new(),
            file: workspace.data.join("state.json"),
            fingerprint: workspace.fingerprint(),
        };
        state.save()?;
        Ok(state)
    }

    pub fn port(&mut self, service: &str) -> Result<u16> {
        port::keep(&mut self.ports, &self.fingerprint, service)
    }

    pub fn save(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("writing down the state")?;
        write_private(&self.file, &text)
    }
}
