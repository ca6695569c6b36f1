//! What the database itself refuses, whoever asks.

use shepherd_tests::World;
use tokio_postgres::Client;

async fn refused(sql: &Client, statement: &str) -> anyhow::Result<String> {
    match sql.batch_execute(statement).await {
        Ok(()) => anyhow::bail!("the database allowed: {statement}"),
        Err(error) => {
            let refusal = error.as_db_error().ok_or_else(|| anyhow::anyhow!("no answer: {error}"))?;
            Ok(refusal.constraint().unwrap_or(refusal.message()).to_owned())
        }
    }
}

#[tokio::test]
async fn decided_requests_finished_tickets_and_the_audit_log_are_frozen() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let ticket = world.submit().await?;
    let sql = world.sql().await?;
    let half = "update approval_requests set state = 'APPROVED'";
    assert!(refused(&sql, half).await?.starts_with("approval_requests_"));
    let own = "update approval_requests set state = 'REJECTED', decided_by = requester_id, decided_at = now(), decision_reason = 'x'";
    assert_eq!(refused(&sql, own).await?, "approval_requests_two_persons");
    let skip = "update tickets set state = 'EXECUTING', run_state = 'RUNNING'";
    assert_eq!(refused(&sql, skip).await?, "tickets_transition");
    let moved = "update tickets set instance = instance + 1";
    assert_eq!(refused(&sql, moved).await?, "tickets_frozen");
    assert_eq!(refused(&sql, "update services set next_instance = 1").await?, "services_next_instance_grows");
    for statement in ["update audit_leaves set actor_name = 'x'", "delete from audit_leaves", "truncate audit_leaves"] {
        assert_eq!(refused(&sql, statement).await?, "audit_leaves_append_only");
    }
    assert_eq!(refused(&sql, "update outbox set payload = '{}'").await?, "outbox_immutable");

    world.requester.post(&format!("/tickets/{ticket}/cancel"), &serde_json::json!({})).await?.expect(200)?;
    let revive = "update tickets set state = 'PENDING', finished_at = null";
    assert_eq!(refused(&sql, revive).await?, "tickets_terminal");
    let again = "update approval_requests set decision_reason = 'x'";
    assert_eq!(refused(&sql, again).await?, "approval_requests_terminal");
    Ok(())
}

#[tokio::test]
async fn without_a_tenant_the_application_sees_an_error_not_an_empty_table() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let sql = shepherd_tests::database::connect(&world.database.server_url()?).await?;
    let found = refused(&sql, "select * from tickets").await?;
    assert!(found.contains("app.tenant_id"), "{found}");
    for statement in [
        "delete from audit_leaves",
        "update audit_leaves set action = 'x'",
        "alter table tickets disable row level security",
    ] {
        let set = "select set_config('app.tenant_id', '00000000-0000-7000-8000-000000000002', false)";
        sql.batch_execute(set).await?;
        let found = refused(&sql, statement).await?;
        assert!(found.contains("permission denied") || found.contains("must be owner"), "{statement}: {found}");
    }
    Ok(())
}
