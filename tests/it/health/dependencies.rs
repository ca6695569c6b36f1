//! What the product stands on, as its workers see it.

use serde_json::Value;
use shepherd_store::{Pools, Store};
use shepherd_tests::people::hire;
use shepherd_tests::{Client, World, until};
use std::time::Duration;

async fn find(who: &Client, name: &str) -> anyhow::Result<Value> {
    let list = who.get("/health/dependencies").await?.expect(200)?;
    let found = list["items"].as_array().into_iter().flatten().find(|item| item["name"] == name);
    Ok(found.cloned().unwrap_or_default())
}

async fn becomes(who: &Client, name: &str, state: &str) -> anyhow::Result<Value> {
    until(&format!("{name} is {state}"), async || {
        let found = find(who, name).await?;
        Ok((found["state"] == state).then_some(found))
    })
    .await
}

#[tokio::test]
async fn a_silent_worker_is_told_from_a_living_one_and_nothing_is_guessed_meanwhile() -> anyhow::Result<()> {
    let mut world = World::without_worker(&[]).await?;
    let sre = hire(&world.admin, &world.anonymous, "sven", &["SRE"]).await?;
    // Nobody has looked yet; the database has just answered.
    for (name, state) in [("worker", "UNAVAILABLE"), ("temporal", "UNKNOWN"), ("local", "UNKNOWN"), ("database", "OK")]
    {
        assert_eq!(find(&sre, name).await?["state"], state, "{name}");
    }
    world.start_worker().await?;
    for name in ["worker", "temporal", "local"] {
        let well = becomes(&sre, name, "OK").await?;
        assert!(well["last_good_at"].is_string(), "{well}");
    }
    assert_eq!(find(&sre, "local").await?["cluster_id"], world.cluster.as_str());
    world.kill_worker().await?;
    // As if a minute had passed.
    let sql = world.sql().await?;
    let passed = "update dependency_spans set since = since - interval '60 s', seen_at = seen_at - interval '60 s'";
    assert!(sql.execute(passed, &[]).await? >= 4);
    let worker = find(&sre, "worker").await?;
    assert_eq!(worker["state"], "UNAVAILABLE");
    let states: Vec<_> = worker["history"].as_array().into_iter().flatten().map(|span| span["state"].clone()).collect();
    assert_eq!(states, ["UNKNOWN", "OK", "UNAVAILABLE"]);
    assert_eq!(worker["last_good_at"], worker["history"][1]["to"]);
    for (name, state) in [("temporal", "UNKNOWN"), ("local", "UNKNOWN"), ("database", "OK")] {
        assert_eq!(find(&sre, name).await?["state"], state, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_dependency_that_a_worker_cannot_reach_is_unavailable_and_its_return_is_seen() -> anyhow::Result<()> {
    let mut world = World::without_worker(&[]).await?;
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut environment = world.worker_environment()?;
    environment.retain(|(name, _)| *name != "TEMPORAL_ADDRESS");
    environment.push(("TEMPORAL_ADDRESS", nowhere.to_string()));
    let waiting = shepherd_tests::process::Process::start("shepherd-worker", &[], &environment)?;
    let away = becomes(&world.admin, "temporal", "UNAVAILABLE").await?;
    assert!(away["last_good_at"].is_null(), "{away}");
    assert_eq!(find(&world.admin, "worker").await?["state"], "OK");
    waiting.kill().await?;
    world.start_worker().await?;
    let back = becomes(&world.admin, "temporal", "OK").await?;
    let states: Vec<_> = back["history"].as_array().into_iter().flatten().map(|span| span["state"].clone()).collect();
    assert_eq!(states, ["UNKNOWN", "UNAVAILABLE", "OK"]);
    Ok(())
}

#[tokio::test]
async fn the_database_remembers_when_it_was_away_and_clusters_are_for_those_who_may_see_them() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let store = Store::new(&world.database.worker_url()?, Pools::default())?;
    store.database_was_away(Duration::from_secs(90)).await?;
    let database = find(&world.requester, "database").await?;
    let history = database["history"].as_array().cloned().unwrap_or_default();
    assert!(history.iter().any(|span| span["state"] == "UNAVAILABLE"), "{database}");
    assert_eq!(database["state"], "OK");
    assert_eq!(find(&world.requester, "local").await?, Value::Null);
    assert_eq!(find(&world.admin, "local").await?["kind"], "cluster");
    Ok(())
}
