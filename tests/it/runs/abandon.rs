//! A run that does not get ready can be taken back.

use serde_json::json;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, nothing_is_left, step};

#[tokio::test]
async fn an_abandoned_run_leaves_nothing_behind() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "never_ready").await?;
    let ticket = approved(&world).await?;
    let path = format!("/tickets/{ticket}");
    until("the wait for ready", async || {
        let seen = world.requester.get(&path).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    assert!(!cluster.of_ticket(&ticket).await?.is_empty());

    let reason = json!({"reason": "nobody waits for it any more"});
    world.requester.post(&format!("{path}/abandon"), &reason).await?.expect(202)?;
    let ended = world.ticket_in(&ticket, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], "ABANDONED");
    nothing_is_left(&cluster, &ticket).await?;
    let story = world.story(&ticket).await?;
    assert!(story.iter().any(|act| act == "execution.abandon:SUCCEEDED"), "{story:?}");
    Ok(())
}

#[tokio::test]
async fn a_run_that_was_abandoned_before_its_last_step_ended_does_not_succeed() -> anyhow::Result<()> {
    let world = World::start().await?;
    let matching = json!({"verb": "list", "resource": "virtualmachines", "namespace": world.namespace_name});
    Gateway::of_run()?.fault(matching, json!({"kind": "latency", "ms": 2000}), Some(1)).await?;
    let ticket = approved(&world).await?;
    let path = format!("/tickets/{ticket}");
    until("the wait for ready", async || {
        let seen = world.requester.get(&path).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    // The row alone, as when the order to the workflow is still on its way.
    let abandon = "update tickets set abandoned_at = now(), abandoned_by = requester_id \
        where id = $1::text::uuid and state = 'EXECUTING'";
    assert_eq!(world.sql().await?.execute(abandon, &[&ticket]).await?, 1, "the run ended too early");

    let ended = world.ticket_in(&ticket, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], "ABANDONED");
    assert_eq!(step(&ended, "await_vm_ready")["state"], "DONE", "the last step was to end well");
    nothing_is_left(&Kubernetes::of_run().await?, &ticket).await
}

#[tokio::test]
async fn an_approved_ticket_can_be_abandoned_before_a_worker_takes_it_on() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.kill_worker().await?;
    let ticket = approved(&world).await?;
    let reason = json!({"reason": "the wrong cluster"});
    world.requester.post(&format!("/tickets/{ticket}/abandon"), &reason).await?.expect(202)?;
    world.start_worker().await?;
    let ended = world.ticket_in(&ticket, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], "ABANDONED");
    nothing_is_left(&Kubernetes::of_run().await?, &ticket).await
}
