//! What became of deaths: one JSON line each, so that a long run goes on where it was stopped.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

/// What became of one death.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Death {
    /// What was tested; empty when it is no commit.
    pub commit: String,
    pub road: String,
    pub victim: String,
    pub place: String,
    /// At which passing of the place.
    pub hit: u32,
    /// good, bad, or missed: this walk came by less often than the one that counted.
    pub outcome: String,
    pub seconds: u64,
    pub error: Option<String>,
}

/// The file of results, if the run keeps one.
#[derive(Clone, Debug)]
pub struct Results {
    path: Option<PathBuf>,
    pub commit: String,
}

impl Results {
    /// What `cargo xtask crashes` asks for; nothing is kept of a share of the suite.
    pub fn of_run() -> Self {
        let path = std::env::var_os("SHEPHERD_CRASH_RESULTS").map(PathBuf::from);
        Self { path, commit: std::env::var("SHEPHERD_CRASH_COMMIT").unwrap_or_default() }
    }

    /// Whether it was played and not bad at this commit. Nothing is known of what is no commit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn is_known(&self, wanted: &Death) -> anyhow::Result<bool> {
        let Some(path) = self.path.as_ref().filter(|path| path.exists() && !self.commit.is_empty()) else {
            return Ok(false);
        };
        let text = std::fs::read_to_string(path)?;
        // A line that a kill has torn counts for nothing.
        let mut known = text.lines().filter_map(|line| serde_json::from_str::<Death>(line).ok());
        let same = |one: &Death| {
            (&one.commit, &one.road, &one.victim, &one.place, one.hit)
                == (&self.commit, &wanted.road, &wanted.victim, &wanted.place, wanted.hit)
        };
        Ok(known.rfind(same).is_some_and(|one| one.outcome != "bad"))
    }

    /// Adds a result.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, death: &Death) -> anyhow::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut line = serde_json::to_vec(death)?;
        line.push(b'\n');
        // One write: lines of several lanes do not mix.
        Ok(File::options().create(true).append(true).open(path)?.write_all(&line)?)
    }
}
