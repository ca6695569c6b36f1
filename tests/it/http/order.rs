//! Which of several refusals comes first.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::client::send;
use shepherd_tests::people::{hire, sign_in};

const FIRST: &str = "only for the first day 99";

#[tokio::test]
async fn a_session_that_has_ended_is_refused_before_anything_is_read() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let vera = hire(&world.admin, &world.anonymous, "vera", &["Operator"]).await?;
    vera.post("/tickets", &json!({})).await?.problem(422, "VALIDATION_FAILED")?;
    vera.post("/auth/logout", &json!({})).await?.expect(204)?;
    vera.post("/tickets", &json!({})).await?.problem(401, "SESSION_REVOKED")?;
    vera.get("/systems/none").await?.problem(401, "SESSION_REVOKED")?;
    send(vera.request(Method::POST, "/tickets").body("{")).await?.problem(401, "SESSION_REVOKED")?;
    Ok(())
}

#[tokio::test]
async fn who_must_change_a_password_is_told_so_before_anything_is_read() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let body = json!({"username": "nils", "display_name": "Nils", "password": FIRST});
    world.admin.post("/users", &body).await?.expect(201)?;
    let nils = sign_in(&world.anonymous, "nils", FIRST).await?;
    nils.post("/tickets", &json!({})).await?.problem(403, "PASSWORD_CHANGE_REQUIRED")?;
    nils.post("/auth/password", &json!({})).await?.problem(422, "VALIDATION_FAILED")?;
    Ok(())
}
