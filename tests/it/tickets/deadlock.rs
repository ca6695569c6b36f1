//! Two transactions that wait for each other: PostgreSQL ends one of them.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::client::send;
use shepherd_tests::{World, until};

#[tokio::test]
async fn a_decision_that_a_deadlock_ended_may_be_repeated_and_is_made_once() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let ticket = world.submit().await?;
    let reject = || {
        let request = world.approver.request(Method::POST, &format!("/tickets/{ticket}/reject"));
        send(request.header("Idempotency-Key", "one").json(&json!({"reason": "no"})))
    };
    let (other, sql) = (world.sql().await?, world.sql().await?);
    // A decision takes the ticket first; this takes the request first.
    // Whoever looks for a deadlock first is its victim: this one looks last.
    other.batch_execute("set deadlock_timeout = '1min'; begin; select from approval_requests for update").await?;
    let crossing = async {
        let waits =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        until("the decision to wait", async || {
            Ok((sql.query_one(waits, &[]).await?.get::<_, i64>(0) == 1).then_some(()))
        })
        .await?;
        anyhow::Ok(other.batch_execute("select from tickets for update; commit").await?)
    };
    let (answer, crossed) = tokio::join!(reject(), crossing);
    crossed?;
    let answer = answer?;
    assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
    answer.problem(503, "DEPENDENCY_UNAVAILABLE")?;

    assert_eq!(reject().await?.expect(200)?["state"], "REJECTED");
    let story = world.story(&ticket).await?;
    assert_eq!(story.iter().filter(|act| act.starts_with("approval.reject:")).count(), 1, "{story:?}");
    Ok(())
}
