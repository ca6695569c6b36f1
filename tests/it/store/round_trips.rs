//! What a call costs, counted on the wire between server and PostgreSQL, session and permission included.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::client::send;
use shepherd_tests::database::Database;
use shepherd_tests::wal::Wal;
use shepherd_tests::wire::{Counts, Wire};
use std::time::Duration;

/// Longer than the server needs to send what it sends without waiting, also while browsers have the processors.
const ANSWERS_TAKE: Duration = Duration::from_millis(300);
/// After so many calls every statement is prepared on the one connection.
const WARM_UP: usize = 2;
const COUNTED: usize = 5;

/// A product whose server has one connection, which passes through a proxy that counts.
async fn start() -> anyhow::Result<(World, Wire)> {
    let database = Database::create().await?;
    let url = database.server_url()?;
    let wire = Wire::start(&url).await?;
    let settings = [("DATABASE_URL", wire.through(&url)?), ("SHEPHERD_DATABASE_CONNECTIONS", "1".to_owned())];
    Ok((World::on(database, &settings).await?, wire))
}

/// Answer of a call and what it cost.
async fn counted<T>(wire: &Wire, call: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, Counts)> {
    wire.hold_answers(ANSWERS_TAKE);
    let before = wire.counts();
    let answer = call.await?;
    let cost = wire.counts() - before;
    wire.hold_answers(Duration::ZERO);
    assert_eq!(wire.connections().len(), 1, "the server has one connection");
    Ok((answer, cost))
}

/// Repeats a call until its connection is warm, then compares each cost.
async fn costs(expected: Counts, mut call: impl AsyncFnMut() -> anyhow::Result<Counts>) -> anyhow::Result<()> {
    for _ in 0..WARM_UP {
        call().await?;
    }
    for nth in 0..COUNTED {
        assert_eq!(call().await?, expected, "call {nth}");
    }
    Ok(())
}

#[tokio::test]
async fn a_submit_takes_two_round_trips_and_one_commit() -> anyhow::Result<()> {
    let (world, wire) = start().await?;
    costs(Counts { turns: 2, commits: 1, parses: 0 }, async || {
        let (ticket, cost) = counted(&wire, world.submit()).await?;
        world.requester.post(&format!("/tickets/{ticket}/cancel"), &json!({})).await?.expect(200)?;
        Ok(cost)
    })
    .await
}

/// Most bytes of write-ahead log that a submit may cause: what a disk and every replica have to take.
const WAL_BYTES: i64 = 4096;

#[tokio::test]
async fn a_submit_writes_at_most_four_kilobytes_of_write_ahead_log() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let sql = world.sql().await?;
    // What a checkpoint adds hangs on how many submits follow it; the pages are touched before.
    world.submit().await?;
    let wal = Wal::start(&sql).await?;
    let mut n_made = 0;
    for size in 0..20 {
        let size = json!({
            "name": format!("size-{size}"), "display_name": "Size", "cpu_cores": 1, "memory_mib": 1024,
            "disk": {"default_gib": 10, "min_gib": 5, "max_gib": 50},
        });
        let mut body = world.request();
        body["instance_size_id"] = world.admin.post("/instance-sizes", &size).await?.expect(201)?["id"].clone();
        let submit = world.requester.request(Method::POST, "/tickets").header("Idempotency-Key", n_made.to_string());
        send(submit.json(&body)).await?.expect(202)?;
        n_made += 1;
    }
    let (n_submits, written) = wal.of_submits(&sql).await?;
    let bytes: i64 = written.iter().map(|one| one.bytes - one.full_page_bytes).sum();
    assert_eq!(n_submits, n_made);
    assert!((1..=WAL_BYTES).contains(&(bytes / n_submits)), "{} bytes a submit: {written:#?}", bytes / n_submits);
    Ok(())
}

#[tokio::test]
async fn a_view_and_a_list_take_one_round_trip_each() -> anyhow::Result<()> {
    let (world, wire) = start().await?;
    let path = format!("/tickets/{}", world.submit().await?);
    // Their transactions are read-only: the COMMIT writes nothing.
    let once = Counts { turns: 1, commits: 1, parses: 0 };
    let inbox = "/tickets?decidable=true&sort=deadline_at&q=shop";
    for path in [
        path.as_str(),
        "/tickets?per_page=20",
        inbox,
        "/tickets/summary",
        "/vms",
        "/systems",
        "/health/dependencies",
        "/notifications",
    ] {
        costs(once, async || {
            let (answer, cost) = counted(&wire, world.requester.get(path)).await?;
            answer.expect(200)?;
            Ok(cost)
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_approval_takes_three_round_trips_and_one_commit() -> anyhow::Result<()> {
    let (mut world, wire) = start().await?;
    world.start_worker().await?;
    world.cluster_passes().await?;
    // What is approved here shall not run.
    world.kill_worker().await?;
    costs(Counts { turns: 3, commits: 1, parses: 0 }, async || {
        let ticket = world.submit().await?;
        let body = json!({"cluster_id": world.cluster, "digest": world.digest(&ticket).await?});
        let path = format!("/tickets/{ticket}/approve");
        let (answer, cost) = counted(&wire, world.approver.post(&path, &body)).await?;
        answer.expect(202)?;
        Ok(cost)
    })
    .await
}
