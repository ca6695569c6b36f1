//! What became of seeds: one JSON line each, so that a long run goes on where it was stopped.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::schedule::Schedule;

/// What became of one seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeedResult {
    pub seed: u64,
    /// Given instead of the seed's own length.
    pub seconds: Option<u64>,
    /// What was tested; empty when it is no commit.
    pub commit: String,
    pub good: bool,
    pub load_seconds: u64,
    pub took_seconds: u64,
    pub calls: u64,
    /// Calls whose answer nobody saw.
    pub unknown: u64,
    /// Disturbances by kind.
    pub faults: BTreeMap<String, u32>,
    /// Tickets by state.
    pub tickets: BTreeMap<String, u32>,
    pub violation: Option<String>,
    /// Folder with the evidence of a broken promise.
    pub evidence: Option<String>,
}

impl SeedResult {
    pub(crate) fn new(seed: u64, seconds: Option<u64>, schedule: &Schedule) -> Self {
        Self {
            seed,
            seconds,
            commit: String::new(),
            good: false,
            load_seconds: schedule.length.as_secs(),
            took_seconds: 0,
            calls: 0,
            unknown: 0,
            faults: BTreeMap::new(),
            tickets: BTreeMap::new(),
            violation: None,
            evidence: None,
        }
    }
}

impl fmt::Display for SeedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.good { "✓" } else { "✗" };
        let faults: u32 = self.faults.values().sum();
        let tickets: Vec<_> = self.tickets.iter().map(|(state, n)| format!("{n} {state}")).collect();
        write!(f, "{mark} seed {:<6} {:>3} s of load, {:>4} calls", self.seed, self.load_seconds, self.calls)?;
        write!(f, " ({} unanswered), {faults} faults, {}; {} s", self.unknown, tickets.join(", "), self.took_seconds)?;
        if let Some(violation) = &self.violation {
            let short: String = violation.chars().take(300).collect();
            write!(f, "\n    {short}\n    evidence: {}", self.evidence.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}

/// The file of results.
pub struct Results {
    path: PathBuf,
    known: Vec<SeedResult>,
}

impl Results {
    /// Opens a file of results, or begins one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let text = if path.exists() { fs::read_to_string(path)? } else { String::new() };
        // A line that a kill has torn counts for nothing: its seed is run again.
        let known = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { path: path.to_owned(), known })
    }

    /// Whether a seed of that length was good at that commit. Nothing is known of what is no commit.
    pub fn is_good(&self, seed: u64, seconds: Option<u64>, commit: &str) -> bool {
        let same = |one: &&SeedResult| (one.seed, one.seconds, one.commit.as_str()) == (seed, seconds, commit);
        !commit.is_empty() && self.known.iter().rfind(same).is_some_and(|one| one.good)
    }

    /// Adds a result.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, result: SeedResult) -> anyhow::Result<()> {
        let mut file = File::options().create(true).append(true).open(&self.path);
        let file = file.as_mut().map_err(|error| anyhow::anyhow!("{}: {error}", self.path.display()))?;
        writeln!(file, "{}", serde_json::to_string(&result)?).context("keep a result")?;
        self.known.push(result);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_good_at_this_commit_is_known_and_nothing_else() -> anyhow::Result<()> {
        let path = std::env::temp_dir().join(format!("chaos-results-{}.jsonl", std::process::id()));
        let schedule = Schedule::of(1, Some(10));
        for (seed, commit, good) in [(1, "a", true), (2, "a", false), (3, "", true), (4, "a", true), (4, "a", false)] {
            let mut result = SeedResult::new(seed, None, &schedule);
            (result.commit, result.good) = (commit.to_owned(), good);
            Results::open(&path)?.add(result)?;
        }
        fs::write(&path, format!("{}{{\"seed\":9,", fs::read_to_string(&path)?))?;
        let results = Results::open(&path)?;
        fs::remove_file(&path)?;
        let known = |seed, commit| results.is_good(seed, None, commit);
        assert!(known(1, "a"));
        assert!(!known(1, "b") && !known(2, "a") && !known(3, "") && !known(4, "a") && !known(9, "a"));
        assert!(!results.is_good(1, Some(5), "a"), "another length is another run");
        Ok(())
    }
}
