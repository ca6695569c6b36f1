//! Keys of clients that do not know whether they were heard.

use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use shepherd_tests::client::{send, text};
use shepherd_tests::{World, until};
use std::collections::BTreeSet;

#[tokio::test]
async fn of_sixteen_submits_at_once_with_one_key_one_is_new_and_fifteen_are_replays() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let submits = (0..16).map(|_| {
        // A machine without time answers 503; clients try again, with the same key.
        until("an answer", async || {
            let request = world.requester.request(Method::POST, "/tickets").header("Idempotency-Key", "monday");
            let answer = send(request.json(&world.request())).await?;
            Ok((answer.status != StatusCode::SERVICE_UNAVAILABLE).then_some(answer))
        })
    });
    let mut tickets = BTreeSet::new();
    let mut replays = 0;
    for answer in try_join_all(submits).await? {
        let body = answer.expect(202)?;
        tickets.insert(text(&body, "id")?.to_owned());
        replays += u32::from(body["replayed"] == json!(true));
    }
    assert_eq!((tickets.len(), replays), (1, 15));
    let counts = "select (select count(*) from tickets), (select count(*) from idempotency_keys), \
        (select count(*) from audit_leaves where action = 'vm.request'), \
        (select count(*) from outbox where kind = 'ticket_start'), (select max(next_instance) from services)";
    let row = world.sql().await?.query_one(counts, &[]).await?;
    assert_eq!([0, 1, 2, 3, 4].map(|column| row.get::<_, i64>(column)), [1, 1, 1, 1, 2]);
    Ok(())
}
