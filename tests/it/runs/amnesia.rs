//! Temporal loses its data: a new one knows no run, no Schedule and no search attribute.

use serde_json::json;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::net::Net;
use shepherd_tests::temporal::Temporal;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, nothing_is_left, step};

#[tokio::test]
async fn runs_that_a_new_temporal_does_not_know_go_on_and_make_no_second_machine() -> anyhow::Result<()> {
    let mut temporal = Temporal::start().await?;
    let mut world = World::without_worker(&[]).await?;
    world.worker_settings.push(("TEMPORAL_ADDRESS", temporal.address().to_owned()));
    world.start_worker().await?;
    world.cluster_passes().await?;
    let (cluster, gateway) = (Kubernetes::of_run().await?, Gateway::of_run()?);
    let ready = approved(&world).await?;
    world.ticket_in(&ready, &["SUCCESS"]).await?;
    cluster.behave(&world.namespace_name, "never_ready").await?;
    let running = approved(&world).await?;
    let waits = async || {
        let seen = world.requester.get(&format!("/tickets/{running}")).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    };
    until("the wait for ready", waits).await?;
    let pending = world.submit().await?;
    // What is not delivered yet is not lost.
    let net = Net::of(&world)?;
    until("the delivery", async || Ok((net.n_unsent().await? == 0).then_some(()))).await?;

    world.kill_worker().await?;
    temporal.stop().await?;
    temporal.forget()?;
    temporal.start_again().await?;
    // Its start makes what the new Temporal lacks.
    world.start_worker().await?;
    net.let_down().await?;

    let made = format!("ticket={running}&resource=virtualmachines&verb=create");
    until("the machine to be applied again", async || Ok((gateway.journal(&made).await?.len() >= 2).then_some(())))
        .await?;
    let created = gateway.journal(&made).await?.iter().filter(|call| call["status"] == 201).count();
    assert_eq!(created, 1);
    let restarts = async |ticket: &str| {
        anyhow::Ok(world.story(ticket).await?.iter().filter(|act| *act == "execution.restart:SUCCEEDED").count())
    };
    until("the undecided request's run", async || Ok((restarts(&pending).await? > 0).then_some(()))).await?;
    assert_eq!((restarts(&ready).await?, restarts(&running).await?, restarts(&pending).await?), (0, 1, 1));
    let abandon = format!("/tickets/{running}/abandon");
    world.requester.post(&abandon, &json!({"reason": "no more"})).await?.expect(202)?;
    world.ticket_in(&running, &["FAILED"]).await?;
    world.requester.post(&format!("/tickets/{pending}/cancel"), &json!({})).await?.expect(200)?;
    let here = cluster.of_ticket(&ready).await?;
    assert!(here.iter().any(|object| object.starts_with("VirtualMachine ")), "{here:?}");
    nothing_is_left(&cluster, &running).await
}
