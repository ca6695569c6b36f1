//! An operator cancels a run in Temporal's UI: what was made is still taken back.

use serde_json::{Value, json};
use shepherd_tests::cluster::Gateway;
use shepherd_tests::temporal::operate;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, nothing_is_left, step};

async fn cancel(ticket: &str) -> anyhow::Result<()> {
    operate(&["workflow", "cancel", "--workflow-id", &format!("ticket-{ticket}")]).await
}

/// The end of a run that was cancelled: a machine was removed, and all is gone.
async fn taken_back(world: &World, cluster: &Kubernetes, ticket: &str) -> anyhow::Result<Value> {
    let ended = world.ticket_in(ticket, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], "WORKFLOW_CANCELLED", "{ended}");
    for undo in ["remove_vm", "remove_namespace"] {
        let done = step(&ended, undo);
        assert_eq!((&done["state"], &done["detail"]["removal"]), (&json!("DONE"), &json!("REMOVED")), "{ended}");
    }
    nothing_is_left(cluster, ticket).await?;
    Ok(ended)
}

#[tokio::test]
async fn a_run_that_is_cancelled_in_temporal_is_taken_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "never_ready").await?;
    let ticket = approved(&world).await?;
    until("the wait for ready", async || {
        let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    cancel(&ticket).await?;
    taken_back(&world, &cluster, &ticket).await?;
    Ok(())
}

#[tokio::test]
async fn a_write_in_flight_ends_before_the_undo_of_a_cancelled_run_begins() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (cluster, gateway) = (Kubernetes::of_run().await?, Gateway::of_run()?);
    let vms = format!("resource=virtualmachines&namespace={}", world.namespace_name);
    // Longer than the word of the cancellation takes: it comes with a heartbeat, and those go out every 2 s.
    let matching = json!({"verb": "create", "resource": "virtualmachines", "namespace": world.namespace_name});
    gateway.fault(matching, json!({"kind": "latency", "ms": 8_000}), Some(1)).await?;
    let ticket = approved(&world).await?;
    // The word of the cancellation comes with a heartbeat, and the first of these long after the call.
    until("the write", async || {
        let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
        Ok((step(&seen, "apply_vm")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    cancel(&ticket).await?;
    let ended = taken_back(&world, &cluster, &ticket).await?;
    assert_eq!(step(&ended, "apply_vm")["state"], "DONE", "{ended}");
    // The journal has calls in the order of their ends.
    let calls = gateway.journal(&vms).await?;
    let place = |verb: &str| calls.iter().rposition(|call| call["verb"] == verb);
    assert!(place("create").is_some() && place("create") < place("delete"), "{calls:?}");
    Ok(())
}
