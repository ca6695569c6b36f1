//! Submitting.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::client::send;

#[tokio::test]
async fn the_same_key_and_body_is_the_same_ticket_and_another_body_is_refused() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let with_key = |body: serde_json::Value| {
        send(world.requester.request(Method::POST, "/tickets").header("Idempotency-Key", "monday").json(&body))
    };
    let first = with_key(world.request()).await?.expect(202)?;
    let again = with_key(world.request()).await?.expect(202)?;
    assert_eq!((&again["id"], &again["replayed"]), (&first["id"], &json!(true)));
    let mut other = world.request();
    other["reason"] = json!("another");
    with_key(other).await?.problem(422, "IDEMPOTENCY_KEY_REUSED")?;
    let tickets = world.requester.get("/tickets").await?.expect(200)?;
    assert_eq!(tickets["pagination"]["total"], 1);
    Ok(())
}

#[tokio::test]
async fn a_second_pending_request_for_the_same_is_refused_with_the_first() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let first = world.submit().await?;
    let params = world.requester.post("/tickets", &world.request()).await?.problem(409, "DUPLICATE_PENDING_REQUEST")?;
    assert_eq!(params["ticket_id"], first.as_str());
    Ok(())
}

#[tokio::test]
async fn what_a_requester_may_not_choose_is_refused_by_name_and_changes_nothing() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    for field in ["cluster_id", "template_version", "storage_class", "name", "labels", "cloud_init", "tenant_id"] {
        let mut body = world.request();
        body[field] = json!("x");
        let params = world.requester.post("/tickets", &body).await?.problem(400, "INVALID_REQUEST_FIELD")?;
        assert_eq!(params["field"], field);
    }
    let sql = world.sql().await?;
    let row =
        sql.query_one("select (select count(*) from tickets), (select max(next_instance) from services)", &[]).await?;
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (0, 1));
    Ok(())
}

#[tokio::test]
async fn without_an_approver_nothing_is_stored() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let bindings = world.admin.get("/role-bindings?per_page=100").await?.expect(200)?;
    for binding in bindings["items"].as_array().into_iter().flatten().filter(|b| b["role"] == "Approver") {
        let path = format!("/role-bindings/{}", binding["id"].as_str().unwrap_or_default());
        world.admin.delete(&path).await?.expect(204)?;
    }
    world.requester.post("/tickets", &world.request()).await?.problem(422, "NO_APPROVERS")?;
    assert_eq!(world.requester.get("/tickets").await?.expect(200)?["pagination"]["total"], 0);
    Ok(())
}

#[tokio::test]
async fn a_disk_outside_the_bounds_is_refused_with_them() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut body = world.request();
    body["template_id"] = json!(world.template_with_disk().await?);
    body["disk_gib"] = json!(51);
    let params = world.requester.post("/tickets", &body).await?.problem(422, "DISK_OUT_OF_RANGE")?;
    assert_eq!(params["maximum"], 50);
    body["disk_gib"] = json!(50);
    world.requester.post("/tickets", &body).await?.expect(202)?;
    let list = world.requester.get("/tickets").await?.expect(200)?;
    assert_eq!((&list["items"][0]["disk_gib"], &list["items"][0]["size"]["disk_gib"]), (&json!(50), &json!(50)));
    Ok(())
}

#[tokio::test]
async fn an_images_own_disk_has_no_size_to_ask_for() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut body = world.request();
    body["disk_gib"] = json!(10);
    world.requester.post("/tickets", &body).await?.problem(422, "DISK_NOT_SIZABLE")?;
    let ticket = world.submit().await?;
    assert_eq!(world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?["disk_gib"], json!(null));
    Ok(())
}
