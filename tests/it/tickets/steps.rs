//! The board of those who operate: what runs, what fails, what takes too long.

use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::people::hire;

#[tokio::test]
async fn what_takes_too_long_stands_first_with_its_cause() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.kill_worker().await?;
    let sre = hire(&world.admin, &world.anonymous, "sven", &["SRE"]).await?;
    let ticket = world.submit().await?;
    world.approve(&ticket).await?;
    let sql = world.sql().await?;
    sql.batch_execute(&format!(
        "update tickets set state = 'EXECUTING', run_state = 'RUNNING' where id = '{ticket}';
         insert into ticket_steps (tenant_id, ticket_id, name, position, state, attempt, started_at, ended_at, failing_since, fault)
         select t.tenant_id, t.id, s.name, s.position, s.state, 4, now() - s.ago, s.ended, now() - s.failing, s.fault
         from tickets t, (values
           ('ensure_namespace', 1, 'DONE', interval '40 min', now(), null::interval, null::jsonb),
           ('await_vm_ready', 3, 'RUNNING', interval '20 min', null, null, null),
           ('apply_vm', 2, 'RETRYING', interval '11 min', null, interval '9 min', '{{\"code\": \"CLUSTER_UNHEALTHY\", \"message\": \"<b>no</b>\"}}'))
           as s (name, position, state, ago, ended, failing, fault)
         where t.id = '{ticket}'"
    ))
    .await?;
    let steps = sre.get("/steps").await?.expect(200)?;
    assert_eq!(steps["pagination"]["total"], 2);
    let (first, second) = (&steps["items"][0], &steps["items"][1]);
    assert_eq!((&first["name"], &first["overdue"], &first["attempt"]), (&json!("apply_vm"), &json!(true), &json!(4)));
    assert_eq!((&first["fault_code"], &first["cluster"]), (&json!("CLUSTER_UNHEALTHY"), &json!("local")));
    assert_eq!((&first["ticket_id"], &first["run_state"]), (&json!(ticket), &json!("RUNNING")));
    assert!(first["failing_since"].is_string(), "{first}");
    assert_eq!((&second["name"], &second["overdue"]), (&json!("await_vm_ready"), &json!(false)));
    for (query, number) in [
        ("overdue=true", 1),
        ("overdue=false", 1),
        ("state=RETRYING", 1),
        ("state=RETRYING,RUNNING", 2),
        ("state=FAILED", 0),
        ("per_page=1&page=2", 2),
        ("workspace_id=00000000-0000-7000-8000-00000000000a", 0),
    ] {
        let found = sre.get(&format!("/steps?{query}")).await?.expect(200)?;
        assert_eq!(found["pagination"]["total"], number, "{query}");
    }
    assert_eq!(sre.get("/steps?state=DONE").await?.problem(400, "INVALID_QUERY")?["parameter"], "state");
    let params = world.approver.get("/steps").await?.problem(403, "PERMISSION_DENIED")?;
    assert_eq!(params["permission"], "workflow:execution:read");
    Ok(())
}
