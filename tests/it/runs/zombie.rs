//! A worker that is frozen in a step, before its write, and wakes when others have done its work.

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::process::Process;
use shepherd_tests::{Kubernetes, World, until};

/// A world with a ticket whose first worker froze at that place, and a second worker.
async fn frozen(place: &str) -> anyhow::Result<(World, String, Process)> {
    let mut world = World::without_worker(&[]).await?;
    world.worker_settings.push(("SHEPHERD_FREEZE_AT", place.to_owned()));
    world.start_worker().await?;
    world.worker_settings.clear();
    world.cluster_passes().await?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    let zombie = world.worker.take().context("worker")?;
    let stat = format!("/proc/{}/stat", zombie.id().context("it has ended")?);
    until("the freeze", async || Ok(std::fs::read_to_string(&stat)?.contains(") T ").then_some(()))).await?;
    world.start_worker().await?;
    Ok((world, ticket, zombie))
}

/// Wakes it and waits until it has seen that it was overtaken. Nothing of the ticket changes by that.
async fn wakes_too_late(world: &World, ticket: &str, zombie: &Process) -> anyhow::Result<()> {
    let (before, told) =
        (world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?, world.story(ticket).await?);
    let pid = zombie.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).context("it has ended")?;
    kill_process(pid, Signal::CONT)?;
    // It hears that it was overtaken, or cannot even ask, because its connections did not outlive its sleep.
    let over = |log: &str| ["step overtaken", "step not begun"].iter().any(|line| log.contains(line));
    until("the zombie's try", async || Ok(over(&zombie.log_text()).then_some(()))).await?;
    assert_eq!(world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?, before);
    assert_eq!(world.story(ticket).await?, told);
    Ok(())
}

async fn n_applied(ticket: &str) -> anyhow::Result<usize> {
    Ok(Gateway::of_run()?.journal(&format!("ticket={ticket}&resource=virtualmachines&verb=create")).await?.len())
}

#[tokio::test]
async fn a_run_that_was_taken_back_gets_no_machine_from_a_worker_that_wakes() -> anyhow::Result<()> {
    makes_nothing("activity apply_vm: begin").await
}

/// It has looked whether it may act, and was told so: only its own clock tells that this was long ago.
#[tokio::test]
async fn a_worker_that_was_frozen_between_its_look_and_its_write_does_not_write() -> anyhow::Result<()> {
    makes_nothing("step apply_vm: intent noted").await
}

async fn makes_nothing(place: &str) -> anyhow::Result<()> {
    let (world, ticket, zombie) = frozen(place).await?;
    let path = format!("/tickets/{ticket}/abandon");
    // A worker that froze in a transaction holds its locks until PostgreSQL ends it: 503 until then.
    until("the abandonment", async || {
        let answer = world.requester.post(&path, &json!({"reason": "no more"})).await?;
        if answer.status == 503 {
            return Ok(None);
        }
        answer.expect(202).map(|_| Some(()))
    })
    .await?;
    // Polls of the frozen one still get tasks, and each must time out.
    until("the undo", async || {
        let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
        Ok((seen["run_state"] == "UNDOING" || seen["state"] == "FAILED").then_some(()))
    })
    .await?;
    world.ticket_in(&ticket, &["FAILED"]).await?;
    // The second worker may have applied the VM before it heard that nobody wants it; it has taken that back.
    let applied = n_applied(&ticket).await?;
    wakes_too_late(&world, &ticket, &zombie).await?;
    assert_eq!(
        (n_applied(&ticket).await?, Kubernetes::of_run().await?.of_ticket(&ticket).await?),
        (applied, Vec::new())
    );
    Ok(())
}
