//! Tokens: what is shown of them, and what a wrong one does.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::client::{send, text};
use shepherd_tests::people::hire;
use shepherd_tests::{Client, World};

const PASSWORD: &str = "plum orchard 4711 rain";

async fn refresh(client: &Client, token: &str) -> anyhow::Result<shepherd_tests::Answer> {
    client.post("/auth/refresh", &json!({"refresh_token": token})).await
}

/// How often a reason stands in records about ended sessions.
async fn revocations(world: &World, reason: &str) -> anyhow::Result<i64> {
    let query = "select count(*) from audit_leaves where action = 'session.revoke' and details ->> 'reason' = $1";
    Ok(world.sql().await?.query_one(query, &[&reason]).await?.get(0))
}

#[tokio::test]
async fn only_a_refresh_token_that_was_ours_ends_its_session() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    hire(&world.admin, &world.anonymous, "vera", &[]).await?;
    let credentials = json!({"username": "vera", "password": PASSWORD});
    let tokens = world.anonymous.post("/auth/token", &credentials).await?.expect(200)?;
    let (first, vera) = (text(&tokens, "refresh_token")?, world.anonymous.with_token(text(&tokens, "access_token")?));
    let session = first.rsplit_once('.').map_or(first, |(session, _)| session);
    for secret in ["A".repeat(43), "A".repeat(42), String::new(), "A".repeat(4000)] {
        refresh(&world.anonymous, &format!("{session}.{secret}")).await?.problem(401, "UNAUTHENTICATED")?;
    }
    vera.get("/auth/me").await?.expect(200)?;
    assert_eq!(revocations(&world, "refresh_reuse").await?, 0);

    let renewed = refresh(&world.anonymous, first).await?.expect(200)?;
    vera.get("/auth/me").await?.expect(200)?;
    refresh(&world.anonymous, first).await?.problem(401, "SESSION_REVOKED")?;
    vera.get("/auth/me").await?.problem(401, "SESSION_REVOKED")?;
    refresh(&world.anonymous, text(&renewed, "refresh_token")?).await?.problem(401, "SESSION_REVOKED")?;
    assert_eq!(revocations(&world, "refresh_reuse").await?, 1);
    Ok(())
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case_and_a_refusal_names_it() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let credentials = json!({"username": "ada", "password": PASSWORD});
    let tokens = world.anonymous.post("/auth/token", &credentials).await?.expect(200)?;
    let token = text(&tokens, "access_token")?;
    let call = |value: String| send(world.anonymous.request(Method::GET, "/auth/me").header("authorization", value));
    for scheme in ["Bearer", "bearer", "BEARER"] {
        call(format!("{scheme} {token}")).await?.expect(200)?;
    }
    for value in [format!("Basic {token}"), token.to_owned(), "Bearer x".to_owned()] {
        let refused = call(value).await?;
        assert_eq!(refused.headers.get("www-authenticate").and_then(|value| value.to_str().ok()), Some("Bearer"));
        refused.problem(401, "UNAUTHENTICATED")?;
    }
    Ok(())
}
