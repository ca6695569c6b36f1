//! A bug: a handler or an activity panics in the middle of its work. Nobody else notices.

use serde_json::json;
use shepherd_tests::World;

#[tokio::test]
async fn a_handler_that_panics_answers_500_with_its_id_and_everybody_else_is_served() -> anyhow::Result<()> {
    let mut world = World::without_worker(&[]).await?;
    world.restart_server(&[("SHEPHERD_PANIC_AT", "commit system.create: before".to_owned())]).await?;
    let process = world.server.id();
    let system = json!({"name": "the-secret-name"});
    let answer = world.requester.post("/systems", &system).await?;
    let id = answer.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(answer.body["request_id"], id, "{answer:?}");
    answer.problem(500, "INTERNAL_ERROR")?;

    let log = world.server.log_text();
    let told = log.lines().find(|line| line.contains("a handler panicked")).unwrap_or_default();
    assert!(told.contains(&id) && !log.contains("the-secret-name"), "{log}");
    // What it had begun is taken back, and its connection to the database is of use again.
    world.requester.post("/systems", &system).await?.expect(201)?;
    assert_eq!(world.server.id(), process, "the process went on");
    Ok(())
}

#[tokio::test]
async fn an_activity_that_panics_is_tried_again() -> anyhow::Result<()> {
    let mut world = World::without_worker(&[]).await?;
    world.worker_settings.push(("SHEPHERD_PANIC_AT", "step apply_vm: effect done".to_owned()));
    world.start_worker().await?;
    world.cluster_passes().await?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    let ended = world.ticket_in(&ticket, &["SUCCESS"]).await?;
    let mut steps = ended["steps"].as_array().into_iter().flatten();
    assert!(steps.any(|step| step["name"] == "apply_vm" && step["attempt"] == 2), "{ended}");
    assert!(world.worker_health().await?.0, "the process went on");
    Ok(())
}
