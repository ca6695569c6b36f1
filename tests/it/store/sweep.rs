//! What is deleted once it has served its time.

use reqwest::Method;
use shepherd_domain::ids::{DEFAULT_TENANT, RequestId};
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::client::send;
use shepherd_tests::people::{hire, sign_in};
use shepherd_tests::temporal::operate;
use shepherd_tests::{World, until};
use uuid::Uuid;

#[tokio::test]
async fn sessions_are_deleted_thirty_days_after_they_ended() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let sql = world.sql().await?;
    let ages = [
        ("revoked long ago", "now() + interval '1 day'", "now() - interval '31 days'", false),
        ("ran out long ago", "now() - interval '31 days'", "null", false),
        ("ran out long ago and was revoked since", "now() - interval '31 days'", "now()", false),
        ("revoked lately", "now() - interval '1 day'", "now() - interval '29 days'", true),
        ("ran out lately", "now() - interval '29 days'", "null", true),
        ("alive", "now() + interval '1 day'", "null", true),
    ];
    let mut sessions = Vec::new();
    for (name, expires, revoked, _) in ages {
        let person = hire(&world.admin, &world.anonymous, &format!("s{}", sessions.len()), &[]).await?;
        let age = format!(
            "update sessions set expires_at = {expires}, revoked_at = {revoked} \
             where principal_id = $1::text::uuid returning id::text"
        );
        sessions.push((name, sql.query_one(&age, &[&person.id]).await?.get::<_, String>(0)));
    }
    let worker = Store::new(&world.database.worker_url()?, Pools::default())?;
    let ctx = Ctx::system(DEFAULT_TENANT, RequestId(Uuid::now_v7()), Run::default());
    worker.sessions_sweep(&ctx).await?;
    for ((name, id), (_, _, _, stays)) in sessions.iter().zip(ages) {
        let left = sql.query("select from sessions where id = $1::text::uuid", &[id]).await?.len() == 1;
        assert_eq!(left, stays, "{name}");
    }
    let records = "select details ->> 'number' from audit_leaves where action = 'session.sweep'";
    let records: Vec<String> = sql.query(records, &[]).await?.iter().map(|row| row.get(0)).collect();
    assert_eq!(records, ["3"]);
    worker.sessions_sweep(&ctx).await?;
    let after = sql.query_one("select count(*) from audit_leaves where action = 'session.sweep'", &[]).await?;
    assert_eq!(after.get::<_, i64>(0), 1, "what found nothing was recorded");
    Ok(())
}

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
