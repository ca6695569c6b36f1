mod abandon;
mod amnesia;
mod cancel;
mod check;
mod costs;
mod follow;
mod histories;
mod namespace;
mod outage;
mod parked;
mod reconcile;
mod refused;
mod rights;
mod transient;
mod zombie;

use serde_json::Value;
use shepherd_tests::{Kubernetes, World, until};

/// Waits until the cluster holds nothing of a ticket.
async fn nothing_is_left(cluster: &Kubernetes, ticket: &str) -> anyhow::Result<()> {
    until("an empty cluster", async || Ok(cluster.of_ticket(ticket).await?.is_empty().then_some(()))).await
}

/// A step of a ticket.
fn step<'a>(ticket: &'a Value, name: &str) -> &'a Value {
    let mut steps = ticket["steps"].as_array().into_iter().flatten();
    steps.find(|step| step["name"] == name).unwrap_or(&Value::Null)
}

/// Submits and approves.
async fn approved(world: &World) -> anyhow::Result<String> {
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    Ok(ticket)
}
