//! What a request cost, each figure from the witness nearest to it. A witness that cannot be asked says null.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::command::{command, read};
use crate::component::temporal::NAMESPACE;

/// Where the witnesses are.
pub struct Witnesses<'a> {
    pub temporal_cli: &'a Path,
    pub temporal_address: &'a str,
    /// None for a cluster of the user's own: nobody stands in front of it.
    pub journal: Option<&'a Path>,
}

pub fn temporal_events(witnesses: &Witnesses, ticket: &str) -> Option<u64> {
    let mut describe = command(witnesses.temporal_cli);
    describe
        .args(["workflow", "describe", "--address", witnesses.temporal_address])
        .args(["--namespace", NAMESPACE, "--workflow-id", &format!("ticket-{ticket}")])
        .args(["--output", "json"]);
    let answer: Value = serde_json::from_str(&read(describe).ok()?).ok()?;
    let length = &answer["workflowExecutionInfo"]["historyLength"];
    length.as_u64().or_else(|| length.as_str()?.parse().ok())
}

/// Growth of a counter of the server for the submission of tickets.
pub fn growth(metrics: &(String, String), counter: &str) -> Option<u64> {
    Some(sum(&metrics.1, counter)? - sum(&metrics.0, counter).unwrap_or(0))
}

fn sum(metrics: &str, counter: &str) -> Option<u64> {
    let values: Vec<u64> = metrics
        .lines()
        .filter(|line| line.starts_with(counter))
        .filter(|line| line.contains("method=\"POST\"") && line.contains("route=\"/api/v1/tickets\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse().ok())
        .collect();
    (!values.is_empty()).then(|| values.iter().sum())
}

/// Calls to the cluster about the VM's namespace since the journal had `offset` bytes: those that change
/// something, and those that ask again for what a watch would tell.
pub fn kubernetes(witnesses: &Witnesses, offset: usize, namespace: &str) -> Value {
    let text = witnesses.journal.and_then(|journal| fs::read_to_string(journal).ok());
    let Some(new) = text.as_deref().and_then(|text| text.get(offset..)) else {
        return json!({"mutations": null, "polls": null});
    };
    let place = format!("/namespaces/{namespace}");
    let calls: Vec<Value> = new.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    // The creation of a namespace names it in the object alone.
    let about = |call: &Value| {
        let inside = call["path"].as_str().is_some_and(|path| path.contains(&place));
        inside || (call["resource"] == "namespaces" && call["name"] == namespace)
    };
    let ours = || calls.iter().filter(|call| about(call));
    let mutations = ours().filter(|call| is_mutation(call)).count();
    // One look before a change is no polling; the same look again is.
    let looks = || ours().filter(|call| call["verb"] == "get" || call["verb"] == "list");
    let places: BTreeSet<&str> = looks().filter_map(|call| call["path"].as_str()).collect();
    let polls = looks().count() - places.len();
    json!({"mutations": mutations, "polls": polls})
}

pub fn journal_length(journal: Option<&Path>) -> usize {
    let length = journal.and_then(|journal| fs::metadata(journal).ok()).map_or(0, |metadata| metadata.len());
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn is_mutation(call: &Value) -> bool {
    let changes = ["create", "update", "patch", "apply", "delete", "deletecollection"];
    call["dry_run"] != true && call["verb"].as_str().is_some_and(|verb| changes.contains(&verb))
}
