//! What is absent at start is waited for, said once, and used when it comes.

use shepherd_tests::database::Database;
use shepherd_tests::environment::variable;
use shepherd_tests::process::Process;
use shepherd_tests::until;

#[tokio::test]
async fn the_server_waits_for_its_schema_and_then_serves_without_a_restart() -> anyhow::Result<()> {
    let database = Database::empty(&variable("SHEPHERD_TEST_ADMIN_URL")?).await?;
    let environment = [("DATABASE_URL", database.server_url()?), ("SHEPHERD_LISTEN", "127.0.0.1:0".to_owned())];
    let mut server = Process::start("shepherd-server", &["serve"], &environment)?;
    until("the wait in the log", async || Ok(server.log_text().contains("waiting for the database").then_some(())))
        .await?;
    shepherd_store::migrate(&database.owner_url()?).await?;
    server.event("ready").await?;
    let said = server.log_text().matches("waiting for the database").count();
    assert_eq!(said, 1, "once for each change of state");
    Ok(())
}

#[tokio::test]
async fn the_worker_waits_for_temporal_and_says_so_in_its_readiness() -> anyhow::Result<()> {
    let world = shepherd_tests::World::without_worker(&[]).await?;
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let listen = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut environment = world.worker_environment()?;
    environment.retain(|(name, _)| !["TEMPORAL_ADDRESS", "SHEPHERD_WORKER_LISTEN"].contains(name));
    environment.push(("TEMPORAL_ADDRESS", nowhere.to_string()));
    environment.push(("SHEPHERD_WORKER_LISTEN", listen.to_string()));
    let worker = Process::start("shepherd-worker", &[], &environment)?;
    let report = until("a report about Temporal", async || {
        let Ok(answer) = reqwest::get(format!("http://{listen}/health/ready")).await else { return Ok(None) };
        let status = answer.status();
        let body: serde_json::Value = answer.json().await?;
        Ok((body["checks"]["temporal"]["status"] == "unavailable").then_some((status, body)))
    })
    .await?;
    assert_eq!(report.0, 503, "{}", report.1);
    assert_eq!(report.1["checks"]["database"]["status"], "ok");
    assert_eq!(worker.log_text().matches("\"dependency\":\"temporal\"").count(), 1);
    Ok(())
}
