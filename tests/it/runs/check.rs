//! The check of a cluster outlives its worker.

use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::environment::variable;
use shepherd_tests::{World, patience, until};
use tokio::net::TcpListener;
use tokio::time::timeout;

#[tokio::test]
async fn a_check_that_hangs_with_its_worker_is_taken_over_by_the_next() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    // A cluster that takes a call and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut config: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?)?;
    config["clusters"][0]["cluster"]["server"] = json!(format!("https://{}", listener.local_addr()?));
    let body = json!({"name": "silent", "environment": "test", "kubeconfig": config.to_string()});
    let made = world.admin.post("/clusters", &body).await?.expect(202)?;
    let call = timeout(patience(), listener.accept()).await??;
    world.kill_worker().await?;
    drop((call, listener));
    world.start_worker().await?;
    // By its heartbeat: the try itself may take longer than we have patience.
    let path = format!("/clusters/{}", text(&made, "id")?);
    until("the verdict", async || {
        let seen = world.admin.get(&path).await?.expect(200)?;
        Ok((seen["status"] == "UNREACHABLE").then_some(()))
    })
    .await
}
