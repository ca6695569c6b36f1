//! What has served its time goes with the round that the schedule starts, and nothing else does.

use reqwest::Method;
use shepherd_tests::client::send;
use shepherd_tests::people::sign_in;
use shepherd_tests::temporal::operate;
use shepherd_tests::{World, until};

#[tokio::test]
async fn a_round_sweeps_old_keys_orders_and_sessions_and_keeps_the_rest() -> anyhow::Result<()> {
    let world = World::start().await?;
    for key in ["old", "young"] {
        let request = world.requester.request(Method::POST, "/tickets").header("Idempotency-Key", key);
        let ticket = send(request.json(&world.request())).await?.expect(202)?;
        let path = format!("/tickets/{}/cancel", ticket["id"].as_str().unwrap_or_default());
        world.requester.post(&path, &serde_json::json!({})).await?.expect(200)?;
    }
    for _ in 0..2 {
        sign_in(&world.anonymous, "rita", "plum orchard 4711 rain").await?;
    }
    let sql = world.sql().await?;
    let unsent = "select count(*) from outbox where sent_at is null";
    until("the delivery", async || Ok((sql.query_one(unsent, &[]).await?.get::<_, i64>(0) == 0).then_some(()))).await?;
    // One of each kind beyond its time, one just within it.
    let aged = "set session_replication_role = replica; \
        update idempotency_keys set created_at = now() - interval '48 hours 1 minute' where key = 'old'; \
        update idempotency_keys set created_at = now() - interval '47 hours 59 minutes' where key = 'young'; \
        update outbox set sent_at = now() - interval '7 days 1 minute' where seq = (select min(seq) from outbox); \
        update outbox set sent_at = now() - interval '6 days 23 hours' where seq = (select max(seq) from outbox); \
        with rita as (select s.id, row_number() over (order by s.created_at desc) as place from sessions s \
            join principals p on p.id = s.principal_id where p.username = 'rita') \
          update sessions s set revoked_at = now() - case place when 1 then interval '30 days 1 minute' \
            else interval '29 days 23 hours' end from rita where rita.id = s.id and place <= 2";
    sql.batch_execute(aged).await?;
    let counts = "select (select count(*) from idempotency_keys), (select count(*) from outbox), \
        (select count(*) from sessions)";
    let count = async || {
        let row = sql.query_one(counts, &[]).await?;
        anyhow::Ok([0, 1, 2].map(|column| row.get::<_, i64>(column)))
    };
    let before = count().await?;

    operate(&["schedule", "trigger", "--schedule-id", &world.schedule()]).await?;
    let leaves = "select count(*) from audit_leaves where action in ('idempotency_key.sweep', 'session.sweep')";
    until("the records of the sweeps", async || {
        Ok((sql.query_one(leaves, &[]).await?.get::<_, i64>(0) == 2).then_some(()))
    })
    .await?;
    assert_eq!(count().await?, before.map(|number| number - 1));
    let kept: String = sql.query_one("select key from idempotency_keys", &[]).await?.get(0);
    assert_eq!(kept, "young");
    Ok(())
}
