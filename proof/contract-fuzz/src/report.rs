//! What became of each operation: cases, answers by status, and what was found.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shepherd_tests::contract;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use crate::identity::Identity;

/// Calls that are kept of each finding.
const EXAMPLES: usize = 3;

/// What Schemathesis tells of a scenario: its cases, the calls it made for them, and the checks of each answer.
#[derive(Deserialize)]
struct Recorder {
    #[serde(default)]
    cases: BTreeMap<String, Case>,
    #[serde(default)]
    checks: BTreeMap<String, Vec<Check>>,
    #[serde(default)]
    interactions: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Case {
    value: Target,
}

#[derive(Deserialize)]
struct Target {
    method: String,
    path: String,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    status: String,
    failure_info: Option<FailureInfo>,
}

#[derive(Deserialize)]
struct FailureInfo {
    failure: Failure,
}

#[derive(Deserialize)]
struct Failure {
    title: String,
    #[serde(default)]
    message: String,
}

/// Everything of one identity.
#[derive(Default)]
pub(crate) struct Report {
    operations: BTreeMap<String, Operation>,
}

#[derive(Default, Serialize)]
struct Operation {
    cases: u64,
    /// Answers by status; `none` where there was no answer.
    statuses: BTreeMap<String, u64>,
    findings: BTreeMap<String, Finding>,
}

#[derive(Default, Serialize)]
struct Finding {
    n: u64,
    examples: Vec<Value>,
}

#[derive(Serialize)]
struct Line<'a> {
    identity: &'a str,
    operation: &'a str,
    #[serde(flatten)]
    found: &'a Operation,
}

impl Report {
    /// Reads the events of a run.
    pub(crate) fn read(events: &Path) -> anyhow::Result<Self> {
        let mut report = Self::default();
        let file = File::open(events).with_context(|| format!("reading {}", events.display()))?;
        let mut finished = false;
        for line in BufReader::new(file).lines() {
            let event: Value = serde_json::from_str(&line?).context("an event")?;
            finished |= event.get("EngineFinished").is_some();
            report.add(event)?;
        }
        anyhow::ensure!(finished, "the run did not end: {}", events.display());
        Ok(report)
    }

    fn add(&mut self, mut event: Value) -> anyhow::Result<()> {
        if let Some(recorder) = event.pointer_mut("/ScenarioFinished/recorder") {
            self.scenario(serde_json::from_value(recorder.take()).context("a scenario")?)?;
        }
        for name in ["NonFatalError", "FatalError", "Interrupted"] {
            if let Some(error) = event.get(name) {
                let label = error["label"].as_str().unwrap_or("schemathesis").to_owned();
                self.found(&label, name, error.clone());
            }
        }
        Ok(())
    }

    fn scenario(&mut self, recorder: Recorder) -> anyhow::Result<()> {
        let mut names = BTreeMap::new();
        for (id, case) in recorder.cases {
            names.insert(id, name_of(&case.value)?);
        }
        for (id, interaction) in &recorder.interactions {
            let name = names.get(id).with_context(|| format!("a call of no case: {id}"))?;
            let operation = self.operations.entry(name.clone()).or_default();
            operation.cases += 1;
            let status = interaction["response"]["status_code"].as_u64();
            let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
            *operation.statuses.entry(status.clone()).or_default() += 1;
            if status == "none" {
                self.found(name, "no answer", interaction["request"].clone());
            }
        }
        for (id, checks) in recorder.checks {
            let name = names.get(&id).with_context(|| format!("a check of no case: {id}"))?;
            for check in checks.iter().filter(|check| check.status != "success") {
                let call = &recorder.interactions[&id];
                self.found(name, &check.title(), check.evidence(call));
            }
        }
        Ok(())
    }

    fn found(&mut self, operation: &str, what: &str, example: Value) {
        let operation = self.operations.entry(operation.to_owned()).or_default();
        let finding = operation.findings.entry(what.to_owned()).or_default();
        finding.n += 1;
        if finding.examples.len() < EXAMPLES {
            finding.examples.push(example);
        }
    }

    /// Adds a finding that belongs to no operation.
    pub(crate) fn blame(&mut self, process: &str, what: &str, evidence: String) {
        self.found(process, what, Value::String(evidence));
    }

    pub(crate) fn n_findings(&self) -> usize {
        self.operations.values().map(|operation| operation.findings.len()).sum()
    }

    /// A JSON line for each operation.
    pub(crate) fn lines(&self, identity: Identity) -> anyhow::Result<Vec<String>> {
        let line = |(operation, found)| Line { identity: identity.name(), operation, found };
        self.operations.iter().map(|of| Ok(serde_json::to_string(&line((of.0.as_str(), of.1)))?)).collect()
    }

    /// For people: figures, then each finding in a line.
    pub(crate) fn summary(&self, identity: Identity) -> String {
        let n_cases: u64 = self.operations.values().map(|operation| operation.cases).sum();
        let mut text = format!("{}: {n_cases} calls, {} findings", identity.name(), self.n_findings());
        for (name, operation) in &self.operations {
            for (what, finding) in &operation.findings {
                let _ = write!(text, "\n  ✗ {name}: {what} ({})", finding.n);
            }
        }
        text
    }
}

impl Check {
    fn title(&self) -> String {
        match &self.failure_info {
            Some(info) => format!("{}: {}", self.name, info.failure.title),
            None => format!("{}: {}", self.name, self.status),
        }
    }

    fn evidence(&self, call: &Value) -> Value {
        let message = self.failure_info.as_ref().map(|info| info.failure.message.clone());
        serde_json::json!({
            "message": message, "request": call["request"], "status": call["response"]["status_code"],
            "answer": call["response"]["content"],
        })
    }
}

/// The operation's id; method and path where the contract has none.
fn name_of(target: &Target) -> anyhow::Result<String> {
    let found = contract::operations()?.iter().find(|o| o.method.as_str() == target.method && o.path == target.path);
    Ok(found.map_or_else(|| format!("{} {}", target.method, target.path), |operation| operation.id.clone()))
}
