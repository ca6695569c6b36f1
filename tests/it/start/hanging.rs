//! A database that takes what it is sent and says nothing.

use shepherd_tests::World;
use shepherd_tests::database::Database;
use shepherd_tests::until;
use shepherd_tests::wire::Wire;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn a_database_that_hangs_is_told_in_time_and_used_again_when_it_answers() -> anyhow::Result<()> {
    let database = Database::create().await?;
    let wire = Wire::start(&database.server_url()?).await?;
    let through = wire.through(&database.server_url()?)?;
    let world = World::on(database, &[("DATABASE_URL", through)]).await?;
    wire.hold_answers(Duration::from_secs(120));
    let ready = format!("{}/health/ready", world.anonymous.base());
    let asked = timeout(Duration::from_secs(5), reqwest::get(&ready)).await??;
    assert_eq!(asked.status().as_u16(), 503);
    let read = async { world.requester.get("/systems").await?.problem(503, "DEPENDENCY_UNAVAILABLE") };
    let write = async {
        let body = serde_json::json!({"name": "late"});
        world.requester.post("/systems", &body).await?.problem(503, "DEPENDENCY_UNAVAILABLE")
    };
    timeout(Duration::from_secs(20), async { tokio::try_join!(read, write) }).await??;
    wire.hold_answers(Duration::ZERO);
    until("the database", async || Ok((reqwest::get(&ready).await?.status() == 200).then_some(()))).await?;
    // Connections that gave no answer are not used again.
    for _ in 0..20 {
        world.requester.get("/systems").await?.expect(200)?;
    }
    Ok(())
}
