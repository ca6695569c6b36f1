//! The figures of all benches in `benchmarks.json`, and the same for readers in `benchmarks.md`.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::figure::{Figure, short};

/// Where, when and how figures came about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub(crate) command: String,
    pub(crate) machine: String,
    /// `release`, or `dev` for figures that are not published.
    pub(crate) profile: String,
    pub(crate) at: DateTime<Utc>,
}

/// A figure and the bench that took it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    bench: String,
    #[serde(flatten)]
    figure: Figure,
    #[serde(flatten)]
    origin: Origin,
}

/// The figures that are known, those of earlier runs included.
pub(crate) struct Report {
    folder: PathBuf,
    origin: Origin,
    entries: Vec<Entry>,
}

impl Report {
    /// Opens the report in a folder, or begins one.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub(crate) fn open(folder: &Path, origin: Origin) -> Result<Self> {
        let path = folder.join("benchmarks.json");
        let entries = if path.exists() {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            serde_json::from_str(&text).with_context(|| path.display().to_string())?
        } else {
            Vec::new()
        };
        Ok(Self { folder: folder.to_owned(), origin, entries })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join("benchmarks.json")
    }

    /// Puts what a bench has measured in the place of what it measured before, and writes both files.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn replace(&mut self, bench: &str, figures: Vec<Figure>) -> Result<()> {
        self.entries.retain(|entry| entry.bench != bench);
        let entry = |figure| Entry { bench: bench.to_owned(), figure, origin: self.origin.clone() };
        self.entries.extend(figures.into_iter().map(entry));
        self.entries.sort_by_key(|entry| crate::benches::position(&entry.bench));
        fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let mut json = serde_json::to_string_pretty(&self.entries)?;
        json.push('\n');
        fs::write(self.path(), json).context("write benchmarks.json")?;
        fs::write(self.folder.join("benchmarks.md"), self.render()).context("write benchmarks.md")
    }

    fn render(&self) -> String {
        let mut text = String::from(
            "# Benchmarks\n\nWritten by `cargo xtask bench`; the same as data in [benchmarks.json](benchmarks.json). \
             What is measured and how: [proof/README.md](../proof/README.md#benchmarks).\n\nLoad, product and database \
             share one machine, so the ratio to the floor, taken in turn with it, says more than the figure alone. \
             Each figure is the median of its rounds, with the least and the greatest; rounds whose own floor had \
             moved by more than 15 % are discarded and counted.\n",
        );
        for origin in self.origins() {
            let Origin { command, machine, profile, at } = origin;
            let _ = write!(text, "\n- `{command}`, {profile} build, {}, {machine}", at.format("%Y-%m-%d %H:%M UTC"));
        }
        text.push_str(
            "\n\n| | Metric | Value | min–max | Rounds (discarded) | Floor | Ratio | Target | |\n\
             | --- | --- | ---: | ---: | ---: | --- | ---: | --- | --- |\n",
        );
        self.entries.iter().for_each(|entry| row(&mut text, &entry.figure));
        let missed: Vec<_> = self.entries.iter().filter(|entry| entry.figure.met == Some(false)).collect();
        let judged = self.entries.iter().filter(|entry| entry.figure.met.is_some()).count();
        let _ = write!(text, "\n{} of {judged} targets are met.\n", judged - missed.len());
        notes(&mut text, "What falls short", missed.iter().map(|entry| &entry.figure));
        let others = self.entries.iter().filter(|entry| entry.figure.met != Some(false) && entry.figure.note.is_some());
        notes(&mut text, "Notes", others.map(|entry| &entry.figure));
        text
    }

    fn origins(&self) -> Vec<&Origin> {
        let mut origins: Vec<&Origin> = Vec::new();
        for entry in &self.entries {
            if !origins.iter().any(|known| known.at == entry.origin.at) {
                origins.push(&entry.origin);
            }
        }
        origins
    }
}

fn row(text: &mut String, figure: &Figure) {
    let Figure { id, metric, value, unit, floor, denominator, ratio, target, met, rounds, .. } = figure;
    let floor = floor.zip(denominator.as_deref()).map(|(floor, of)| format!("{}: {of}", short(floor)));
    let mark = match met {
        Some(true) => "met",
        Some(false) => "**short**",
        None => "",
    };
    let _ = writeln!(
        text,
        "| {id} | {metric} | {} {unit} | {}–{} | {} ({}) | {} | {} | {} | {mark} |",
        short(*value),
        short(rounds.min),
        short(rounds.max),
        rounds.n,
        rounds.discarded,
        floor.unwrap_or_default(),
        ratio.map(short).unwrap_or_default(),
        target.as_deref().unwrap_or_default(),
    );
}

fn notes<'a>(text: &mut String, heading: &str, figures: impl Iterator<Item = &'a Figure>) {
    let mut lines = figures
        .map(|figure| {
            let note = figure.note.as_deref().unwrap_or("no reason was measured yet.");
            format!("- {} {}: {note}\n", figure.id, figure.metric)
        })
        .peekable();
    if lines.peek().is_some() {
        let _ = write!(text, "\n## {heading}\n\n");
        text.extend(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_that_runs_again_replaces_its_own_figures_only() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("bench-report-{}", std::process::id()));
        let origin = || Origin {
            command: "cargo xtask bench".to_owned(),
            machine: "a machine".to_owned(),
            profile: "dev".to_owned(),
            at: Utc::now(),
        };
        let figure = |id: &str, value| Figure::count(id, "things", value, "1").at_most(2.0);
        Report::open(&folder, origin())?.replace("P3", vec![figure("P3", 3.0), figure("P3", 1.0)])?;
        Report::open(&folder, origin())?.replace("P1", vec![figure("P1", 2.0).note("as it should")])?;
        let mut report = Report::open(&folder, origin())?;
        report.replace("P3", vec![figure("P3", 4.0).note("too many")])?;
        let (json, text) = (fs::read_to_string(report.path())?, fs::read_to_string(folder.join("benchmarks.md"))?);
        fs::remove_dir_all(&folder)?;
        let json: Vec<serde_json::Value> = serde_json::from_str(&json)?;
        let values: Vec<_> =
            json.iter().map(|one| (one["id"].as_str(), one["value"].as_f64(), one["met"].as_bool())).collect();
        assert_eq!(values, [(Some("P1"), Some(2.0), Some(true)), (Some("P3"), Some(4.0), Some(false))]);
        assert!(
            text.contains("1 of 2 targets are met.") && text.contains("## What falls short\n\n- P3 things: too many"),
            "{text}"
        );
        assert!(text.contains("## Notes\n\n- P1 things: as it should"), "{text}");
        Ok(())
    }
}
