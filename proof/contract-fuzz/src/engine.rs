//! One run of Schemathesis.

use anyhow::Context as _;
use serde_json::json;
use shepherd_tests::people::PASSWORD;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tokio::process::Command;

use crate::identity::Identity;

/// Exit codes that mean that it ran to its end: nothing found, something found.
const ENDED: [i32; 2] = [0, 1];

pub(crate) struct Engine<'a> {
    pub(crate) python: &'a Path,
    pub(crate) contract: &'a Path,
    pub(crate) settings: &'a Path,
    pub(crate) exclusions: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) cases: u32,
    pub(crate) seed: u64,
    pub(crate) only: Option<&'a str>,
}

impl Engine<'_> {
    /// Runs it against the product at `url` and answers its file of events.
    pub(crate) async fn run(&self, identity: Identity, url: &str) -> anyhow::Result<PathBuf> {
        let settings = self.folder.join("schemathesis.toml");
        fs::write(&settings, self.settings_of(identity)?)?;
        let events = self.folder.join("events.ndjson");
        let log = self.folder.join("schemathesis.log");
        let out = File::create(&log)?;
        let mut command = Command::new(self.python);
        command
            .args(["-m", "schemathesis.cli", "--config-file"])
            .arg(&settings)
            .arg("run")
            .arg(self.contract)
            .args(["--url", url, "--seed", &self.seed.to_string(), "--max-examples", &self.cases.to_string()])
            .args(["--report", "ndjson", "--report-ndjson-path"])
            .arg(&events)
            .args(self.only.iter().flat_map(|only| ["--include-operation-id-regex", only]))
            .env("SCHEMATHESIS_HOOKS", self.exclusions)
            // Answers in many languages stand in the log.
            .env("PYTHONUTF8", "1")
            .stdout(out.try_clone()?)
            .stderr(out)
            .kill_on_drop(true);
        let status = command.status().await.with_context(|| format!("start {}", self.python.display()))?;
        let ended = status.code().is_some_and(|code| ENDED.contains(&code));
        anyhow::ensure!(ended, "schemathesis: {status}, see {}", log.display());
        Ok(events)
    }

    /// The common settings with a sign-in, which is repeated when a session has ended.
    fn settings_of(&self, identity: Identity) -> anyhow::Result<String> {
        let mut settings =
            fs::read_to_string(self.settings).with_context(|| format!("reading {}", self.settings.display()))?;
        if let Some(username) = identity.username() {
            settings.push_str(&format!(
                "\n[auth.dynamic.openapi.bearer]\npath = \"/api/v1/auth/token\"\nextract_selector = \"/access_token\"\n\
                 payload = {{ username = {}, password = {} }}\n",
                json!(username),
                json!(PASSWORD)
            ));
        }
        Ok(settings)
    }
}
