//! Temporal goes away and comes back.

use serde_json::json;
use shepherd_tests::temporal::Temporal;
use shepherd_tests::{Kubernetes, World, until};

#[tokio::test]
async fn while_temporal_is_down_people_decide_and_afterwards_every_ticket_ends() -> anyhow::Result<()> {
    let mut temporal = Temporal::start().await?;
    let mut world = World::without_worker(&[]).await?;
    world.worker_settings.push(("TEMPORAL_ADDRESS", temporal.address().to_owned()));
    world.start_worker().await?;
    world.cluster_passes().await?;
    let before = world.submit().await?;
    let sql = world.sql().await?;
    let undelivered = "select count(*) from outbox where sent_at is null";
    let waiting = async || anyhow::Ok(sql.query_one(undelivered, &[]).await?.get::<_, i64>(0));
    until("the delivery", async || Ok((waiting().await? == 0).then_some(()))).await?;

    temporal.stop().await?;
    world.approve(&before).await?;
    let during = world.submit().await?;
    world.approve(&during).await?;
    let refused = world.submit().await?;
    let reason = json!({"reason": "not while it is down"});
    world.approver.post(&format!("/tickets/{refused}/reject"), &reason).await?.expect(200)?;
    for path in ["/tickets", "/vms", "/notifications", &format!("/tickets/{before}")] {
        world.requester.get(path).await?.expect(200)?;
    }
    until("readiness that names Temporal", async || {
        let (ready, report) = world.worker_health().await?;
        let checks = &report["checks"];
        let named = checks["temporal"]["status"] == "unavailable" && checks["database"]["status"] == "ok";
        Ok((!ready && named).then_some(()))
    })
    .await?;
    assert_eq!(waiting().await?, 5, "two starts, three decisions and nothing lost");
    let cluster = Kubernetes::of_run().await?;
    assert!(cluster.of_ticket(&before).await?.is_empty() && cluster.of_ticket(&during).await?.is_empty());

    temporal.start_again().await?;
    for ticket in [&before, &during] {
        world.ticket_in(ticket, &["SUCCESS"]).await?;
        let objects = cluster.of_ticket(ticket).await?;
        let vms = objects.iter().filter(|object| object.starts_with("VirtualMachine ")).count();
        assert_eq!(vms, 1, "{objects:?}");
    }
    until("the delivery", async || Ok((waiting().await? == 0).then_some(()))).await?;
    until("readiness", async || Ok(world.worker_health().await?.0.then_some(()))).await?;
    Ok(())
}
