//! What is deleted once it has served its time.

use shepherd_domain::ids::{DEFAULT_TENANT, RequestId};
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::World;
use shepherd_tests::people::hire;
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
