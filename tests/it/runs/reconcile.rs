//! Runs that Temporal ended or lost behind our back.

use shepherd_tests::net::Net;
use shepherd_tests::temporal::operate;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, step};

#[tokio::test]
async fn a_run_that_was_terminated_from_outside_fails_its_ticket_and_says_so() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "never_ready").await?;
    let (first, second) = (approved(&world).await?, world.submit().await?);
    until("the wait for ready", async || {
        let seen = world.requester.get(&format!("/tickets/{first}")).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    operate(&["workflow", "terminate", "--workflow-id", &format!("ticket-{first}"), "--reason", "by hand"]).await?;
    Net::of(&world)?.let_down().await?;
    let ended = world.ticket_in(&first, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], "WORKFLOW_TERMINATED_EXTERNALLY", "{ended}");
    assert_eq!(step(&ended, "await_vm_ready")["state"], "FAILED");
    // Nobody took anything back: what is there is not hidden.
    assert!(!cluster.of_ticket(&first).await?.is_empty());
    let untouched = world.requester.get(&format!("/tickets/{second}")).await?.expect(200)?;
    assert_eq!(untouched["state"], "PENDING", "its run is alive");
    Ok(())
}

#[tokio::test]
async fn a_run_that_temporal_has_lost_is_started_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let workflow = format!("ticket-{ticket}");
    let sql = world.sql().await?;
    let unsent = "select count(*) from outbox where sent_at is null";
    until("the delivery", async || Ok((sql.query_one(unsent, &[]).await?.get::<_, i64>(0) == 0).then_some(()))).await?;
    operate(&["workflow", "delete", "--yes", "--workflow-id", &workflow]).await?;
    let describe = ["workflow", "describe", "--workflow-id", &workflow];
    until("the loss", async || Ok(operate(&describe).await.is_err().then_some(()))).await?;

    Net::of(&world)?.let_down().await?;
    until("the run", async || Ok(operate(&describe).await.is_ok().then_some(()))).await?;
    world.approve(&ticket).await?;
    world.ticket_in(&ticket, &["SUCCESS"]).await?;
    let story = world.story(&ticket).await?;
    let restarts = story.iter().filter(|act| *act == "execution.restart:SUCCEEDED").count();
    assert_eq!(restarts, 1, "{story:?}");
    Ok(())
}
