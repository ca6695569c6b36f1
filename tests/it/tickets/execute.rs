//! From submission to a running VM, on real parts.

use shepherd_tests::World;

#[tokio::test]
async fn an_approved_request_becomes_a_running_vm_with_its_whole_story() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    let done = world.ticket_in(&ticket, &["SUCCESS"]).await?;

    let steps: Vec<_> =
        done["steps"].as_array().into_iter().flatten().map(|s| (s["name"].as_str(), s["state"].as_str())).collect();
    let done_step = |name| (Some(name), Some("DONE"));
    assert_eq!(steps, [done_step("ensure_namespace"), done_step("apply_vm"), done_step("await_vm_ready")]);

    let vm = world.requester.get(&format!("/vms/{}", done["vm_id"].as_str().unwrap_or_default())).await?.expect(200)?;
    assert_eq!(vm["state"], "RUNNING");
    assert_eq!(vm["labels"]["kubevirt-shepherd.io/ticket-id"], ticket.as_str());

    let story = world.story(&ticket).await?;
    let milestones: Vec<_> =
        story.iter().filter(|act| !act.starts_with("execution.step")).map(String::as_str).collect();
    let expected = [
        "vm.request:SUCCEEDED",
        "approval.approve:SUCCEEDED",
        "execution.start:SUCCEEDED",
        "vm.create:SUCCEEDED",
        "execution.success:SUCCEEDED",
    ];
    assert_eq!(milestones, expected);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_is_killed_leaves_one_vm_and_one_success() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    for step in ["ensure_namespace", "apply_vm", "await_vm_ready"] {
        let ticket = world.submit().await?;
        world.approve(&ticket).await?;
        let sql = world.sql().await?;
        shepherd_tests::until("the step's beginning", async || {
            let query = "select 1 from ticket_steps where ticket_id = $1::text::uuid and name = $2";
            Ok(sql.query_opt(query, &[&ticket, &step]).await?.map(|_| ()))
        })
        .await?;
        world.kill_worker().await?;
        world.start_worker().await?;
        world.ticket_in(&ticket, &["SUCCESS"]).await?;
        let successes = world.story(&ticket).await?.iter().filter(|act| *act == "execution.success:SUCCEEDED").count();
        assert_eq!(successes, 1, "{step}");
    }
    Ok(())
}

#[tokio::test]
async fn submits_decisions_and_reads_need_neither_worker_nor_temporal() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.kill_worker().await?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    assert_eq!(world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?["state"], "APPROVED");
    world.start_worker().await?;
    world.ticket_in(&ticket, &["SUCCESS"]).await?;
    Ok(())
}
