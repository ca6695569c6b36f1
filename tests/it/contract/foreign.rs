//! What belongs to another tenant is not there.

use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::contract::operations;
use tokio_postgres::Client as Sql;
use uuid::Uuid;

use super::bodies::{Calls, call, code};

/// Tables with things of a tenant, and where they are found.
const THINGS: [(&str, &str); 8] = [
    ("principals", "users"),
    ("systems", "systems"),
    ("services", "services"),
    ("namespaces", "namespaces"),
    ("tickets", "tickets"),
    ("vms", "vms"),
    ("notifications", "notifications"),
    ("role_bindings", "role-bindings"),
];

#[tokio::test]
async fn a_foreign_tenants_id_is_not_found() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let calls_ticket = world.submit().await?;
    world.approve(&calls_ticket).await?;
    world.kill_worker().await?;
    let calls = Calls::of(&world).await?;
    let sql = world.sql().await?;
    let tenant = Uuid::new_v4().to_string();
    sql.execute("insert into tenants (id, slug, name) values ($1::text::uuid, 'other', 'Other')", &[&tenant]).await?;
    let mut walked = 0;
    for (table, place) in THINGS {
        let id = copy(&sql, table, &tenant).await?;
        let prefix = format!("/api/v1/{place}/{{id}}");
        for operation in operations()?.iter().filter(|operation| operation.path.starts_with(&prefix)) {
            let before = contents(&sql, table).await?;
            let who = match place {
                "systems" | "services" => &world.requester,
                "tickets" | "notifications" => &world.approver,
                _ => &world.admin,
            };
            let answer = call(who, operation, &id, calls.body(&operation.id)).await?;
            let missing = if place == "vms" { "VM_NOT_FOUND" } else { "NOT_FOUND" };
            assert_eq!((answer.status.as_u16(), code(&answer)), (404, missing), "{}", operation.id);
            assert_eq!(contents(&sql, table).await?, before, "{} changed {table}", operation.id);
            walked += 1;
        }
    }
    assert!(walked > 20, "only {walked} operations are about things of a tenant");
    let system = sql
        .query_one("select id::text from systems where tenant_id = $1::text::uuid", &[&tenant])
        .await?
        .get::<_, String>(0);
    let stray = json!({"system_id": system, "name": "stray"});
    assert_eq!(world.requester.post("/services", &stray).await?.status.as_u16(), 404);
    Ok(())
}

/// Gives a tenant a thing like one that there is, and answers its id.
async fn copy(sql: &Sql, table: &str, tenant: &str) -> anyhow::Result<String> {
    let id = Uuid::new_v4().to_string();
    sql.batch_execute(&format!(
        "set session_replication_role = replica;
         insert into {table} select (jsonb_populate_record(t, jsonb_build_object('tenant_id', '{tenant}', 'id', '{id}'))).*
         from {table} t limit 1;
         set session_replication_role = origin"
    ))
    .await?;
    let query = format!("select count(*) from {table} where tenant_id = $1::text::uuid and id = $2::text::uuid");
    anyhow::ensure!(sql.query_one(&query, &[&tenant, &id]).await?.get::<_, i64>(0) == 1, "nothing to copy in {table}");
    Ok(id)
}

/// Everything in a table, as one text.
async fn contents(sql: &Sql, table: &str) -> anyhow::Result<String> {
    let query = format!("select string_agg(t::text, E'\\n' order by t::text) from {table} t");
    Ok(sql.query_one(&query, &[]).await?.get(0))
}
