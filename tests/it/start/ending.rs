//! A server that is told to stop.

use anyhow::Context as _;
use reqwest::Method;
use shepherd_tests::client::send;
use shepherd_tests::{Answer, Client, World, until};
use tokio::task::JoinSet;

/// Lets that many requests wait for a lock in the database.
async fn waiting(world: &World, clients: &[Client]) -> anyhow::Result<JoinSet<anyhow::Result<Answer>>> {
    let mut calls = JoinSet::new();
    for client in clients {
        calls.spawn(send(client.request(Method::GET, "/systems")));
    }
    let sql = world.sql().await?;
    let blocked =
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    until("requests that wait", async || {
        let number: i64 = sql.query_one(blocked, &[]).await?.get(0);
        Ok((usize::try_from(number)? == clients.len()).then_some(()))
    })
    .await?;
    Ok(calls)
}

#[tokio::test]
async fn requests_in_flight_are_answered_before_the_server_ends() -> anyhow::Result<()> {
    let mut world = World::without_worker(&[("SHEPHERD_HTTP_WORKERS", "2".to_owned())]).await?;
    let sql = world.sql().await?;
    // One connection each: the server's threads take them in turn.
    let mut clients = Vec::new();
    for _ in 0..8 {
        let client = world.requester.on_its_own_connection();
        client.get("/systems").await?.expect(200)?;
        clients.push(client);
    }
    sql.batch_execute("begin; lock table sessions").await?;
    let calls = waiting(&world, &clients).await?;
    sql.batch_execute("commit").await?;
    for answer in calls.join_all().await {
        answer?.expect(200)?;
    }
    // Now both threads have made connections to the database. One of them is left without a client.
    let mut turn = 0;
    clients.retain(|_| {
        turn += 1;
        turn % 2 == 0
    });
    sql.batch_execute("begin; lock table sessions").await?;
    let calls = waiting(&world, &clients).await?;
    world.server.terminate().await?;
    until("the end of the idle thread", async || {
        Ok(world.server.log_text().contains("shutting down idle worker").then_some(()))
    })
    .await?;
    sql.batch_execute("commit").await?;
    for answer in calls.join_all().await {
        answer.context("in flight")?.expect(200)?;
    }
    assert!(world.server.ended().await?.success());
    Ok(())
}
