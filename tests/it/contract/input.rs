//! What no operation takes.

use serde_json::{Value, json};
use shepherd_tests::contract::{Operation, operations};
use shepherd_tests::people::{Person, hire};
use shepherd_tests::{Answer, Client, World};
use std::collections::BTreeMap;
use tokio_postgres::Client as Sql;

use super::bodies::{Calls, call, code};

const LARGE: usize = 10 * 1024 * 1024;

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let sql = world.sql().await?;
    let before = rows(&sql).await?;
    let mut wrong = Vec::new();
    for operation in operations()?.iter().filter(|operation| operation.takes_body) {
        let public = operation.permission == "public";
        let who = if public { &world.anonymous } else { &olga.client };
        for (what, statuses, body) in bad_bodies(&calls, operation)? {
            let answer = raw(who, operation, &calls, body).await?;
            let problem = answer.headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
            if !problem || !statuses.contains(&answer.status.as_u16()) {
                wrong.push(format!("{} {what}: {} {}", operation.id, answer.status, code(&answer)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(rows(&sql).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_parameter_that_a_list_does_not_know_is_refused() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let listed = operations()?.iter().filter(|o| o.method == reqwest::Method::GET && o.id.ends_with("s_list"));
    for operation in listed.filter(|o| !["sessions_list", "roles_list"].contains(&o.id.as_str())) {
        let path = operation.at(&calls.id(operation)).unwrap_or_default();
        for query in ["surprise=1", "per_page=many", "per_page=101", "per_page=0"] {
            let answer = olga.get(&format!("{path}?{query}")).await?;
            assert_eq!((answer.status.as_u16(), code(&answer)), (400, "INVALID_QUERY"), "{path}?{query}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn ten_megabytes_are_refused() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let operation = shepherd_tests::contract::operation("system_create")?;
    let answer = call(&world.requester, operation, "", Some(json!({"name": "a".repeat(LARGE)}))).await?;
    assert_eq!((answer.status.as_u16(), code(&answer)), (413, "PAYLOAD_TOO_LARGE"));
    Ok(())
}

/// Somebody whom no permission stops.
async fn everything(world: &World) -> anyhow::Result<Person> {
    let roles = ["PlatformAdmin", "TenantAdmin", "SecurityAdmin", "WorkspaceAdmin", "Operator", "Approver", "SRE"];
    hire(&world.admin, &world.anonymous, "olga", &roles).await
}

type Bad = (&'static str, &'static [u16], (&'static str, String));

fn bad_bodies(calls: &Calls<'_>, operation: &Operation) -> anyhow::Result<Vec<Bad>> {
    let Some(good) = calls.body(&operation.id) else { anyhow::bail!("no valid body of {}", operation.id) };
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        body.as_object_mut().into_iter().flat_map(|members| members.values_mut()).for_each(change);
        body.to_string()
    };
    let mut unknown = good.clone();
    unknown["surprise"] = json!(1);
    let listed = with(&|value| {
        if let Value::Object(members) = value {
            *value = members.values().cloned().collect();
        }
    });
    const JSON: &str = "application/json";
    let mut bad: Vec<Bad> = vec![
        ("malformed", &[400], (JSON, "{\"a\":".to_owned())),
        ("empty", &[400], (JSON, String::new())),
        ("too large", &[413], (JSON, json!({"name": "a".repeat(300_000)}).to_string())),
        ("NUL", &[400, 422], (JSON, with(&|value| *value = json!("a\u{0}b")))),
        ("bare NUL", &[400], (JSON, "\0".to_owned())),
        ("text", &[415], ("text/plain", good.to_string())),
        ("form", &[415], ("application/x-www-form-urlencoded", "name=walk".to_owned())),
        ("a list", &[400, 422], (JSON, "[]".to_owned())),
        ("null", &[400, 422], (JSON, "null".to_owned())),
        ("wrong types", &[400, 422], (JSON, with(&|value| *value = json!([[]])))),
        ("deep", &[400, 422], (JSON, format!("{}{}", "[".repeat(5000), "]".repeat(5000)))),
        ("an unknown member", &[400, 422], (JSON, unknown.to_string())),
    ];
    if listed != good.to_string() {
        bad.push(("the members of an object as a list", &[422], (JSON, listed)));
    }
    Ok(bad)
}

async fn raw(
    who: &Client,
    operation: &Operation,
    calls: &Calls<'_>,
    (kind, body): (&str, String),
) -> anyhow::Result<Answer> {
    let path = operation.at(&calls.id(operation)).unwrap_or_default();
    let request = who.request(operation.method.clone(), &path).header("content-type", kind).body(body);
    shepherd_tests::client::send(request).await
}

/// Rows of every table but those that a refusal may add to.
async fn rows(sql: &Sql) -> anyhow::Result<BTreeMap<String, i64>> {
    let query = "select tablename::text from pg_tables where schemaname = 'public'
                 and tablename not in ('audit_leaves', 'sessions')";
    let mut counts = BTreeMap::new();
    for row in sql.query(query, &[]).await? {
        let table: String = row.get(0);
        let count = sql.query_one(&format!("select count(*) from \"{table}\""), &[]).await?.get(0);
        counts.insert(table, count);
    }
    Ok(counts)
}
