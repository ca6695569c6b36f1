//! What a run may cost.

use anyhow::Context as _;
use serde_json::Value;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::environment::variable;
use shepherd_tests::{World, until};
use std::collections::BTreeSet;

use super::approved;

/// Most events in a history, and most changes of a cluster when the namespace is new and when it is not.
const EVENTS: u64 = 40;
const WITH_NAMESPACE: usize = 2;
const WITHOUT_NAMESPACE: usize = 1;

#[tokio::test]
async fn an_approved_ticket_costs_at_most_forty_history_events_and_two_mutations() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut since = 0;
    for limit in [WITH_NAMESPACE, WITHOUT_NAMESPACE] {
        let ticket = approved(&world).await?;
        world.ticket_in(&ticket, &["SUCCESS"]).await?;
        let events = until("the run's end", async || closed_length(&ticket).await).await?;
        assert!((1..=EVENTS).contains(&events), "{events} events");

        let calls = calls_about(&world.namespace_name, since).await?;
        since = calls.iter().filter_map(|call| call["seq"].as_u64()).max().context("no calls")?;
        let with = |verbs: &[&str]| -> Vec<&Value> {
            calls.iter().filter(|call| call["verb"].as_str().is_some_and(|verb| verbs.contains(&verb))).collect()
        };
        let mutations = with(&["create", "update", "patch", "apply", "delete", "deletecollection"]);
        assert!((1..=limit).contains(&mutations.len()), "{mutations:?}");
        let looks = with(&["get", "list"]);
        let watches = with(&["watch"]);
        assert!(watches.is_empty(), "a watch beside the cluster's: {watches:?}");
        assert!(limit == WITH_NAMESPACE || looks.is_empty(), "looked for what is known: {looks:?}");
        let places: BTreeSet<_> = looks.iter().filter_map(|call| call["path"].as_str()).collect();
        assert_eq!(looks.len(), places.len(), "asked again for what a watch would tell: {looks:?}");
    }
    Ok(())
}

/// Calls inside the namespace, and those that make or read the namespace itself.
async fn calls_about(namespace: &str, since: u64) -> anyhow::Result<Vec<Value>> {
    let gateway = Gateway::of_run()?;
    let mut calls = gateway.journal(&format!("namespace={namespace}&since={since}")).await?;
    let itself = gateway.journal(&format!("resource=namespaces&name={namespace}&since={since}")).await?;
    for call in itself {
        if !calls.iter().any(|known| known["seq"] == call["seq"]) {
            calls.push(call);
        }
    }
    Ok(calls)
}

/// Length of the history of a run that has ended.
async fn closed_length(ticket: &str) -> anyhow::Result<Option<u64>> {
    let output = tokio::process::Command::new(variable("SHEPHERD_TEST_TEMPORAL_CLI")?)
        .args(["workflow", "describe", "--address", &variable("TEMPORAL_ADDRESS")?, "--namespace", "shepherd"])
        .args(["--workflow-id", &format!("ticket-{ticket}"), "--output", "json"])
        .output()
        .await?;
    let answer: Value = serde_json::from_slice(&output.stdout).context("temporal workflow describe")?;
    let info = &answer["workflowExecutionInfo"];
    let length = info["historyLength"].as_u64().or_else(|| info["historyLength"].as_str()?.parse().ok());
    Ok(if info["closeTime"].is_string() { length } else { None })
}
