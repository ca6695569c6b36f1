//! A run that does not get ready can be taken back.

use serde_json::json;
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
