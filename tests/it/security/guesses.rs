//! Guessing at passwords: it is slowed down, and keeps nobody out.

use serde_json::json;
use shepherd_tests::people::hire;
use shepherd_tests::{Answer, Client, World};

const PASSWORD: &str = "plum orchard 4711 rain";

async fn sign_in(from: &Client, password: &str) -> anyhow::Result<Answer> {
    from.post("/auth/token", &json!({"username": "vera", "password": password})).await
}

#[tokio::test]
async fn strangers_who_guess_do_not_keep_a_person_out_of_where_they_were_before() -> anyhow::Result<()> {
    let world = World::without_worker(&[("SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", "3".to_owned())]).await?;
    hire(&world.admin, &world.anonymous, "vera", &[]).await?;
    for address in ["127.0.0.2", "127.0.0.3"] {
        let stranger = world.anonymous.from_address(address.parse()?)?;
        while sign_in(&stranger, "guessed").await?.status == 401 {}
        sign_in(&stranger, PASSWORD).await?.problem(429, "RATE_LIMIT_EXCEEDED")?;
    }
    // The account is closed to addresses that nobody has seen, and open where its person comes from.
    let fresh = world.anonymous.from_address("127.0.0.4".parse()?)?;
    sign_in(&fresh, PASSWORD).await?.problem(429, "RATE_LIMIT_EXCEEDED")?;
    sign_in(&world.anonymous, PASSWORD).await?.expect(200)?;
    // There too guesses are counted.
    for _ in 0..3 {
        sign_in(&world.anonymous, "guessed").await?.problem(401, "INVALID_CREDENTIALS")?;
    }
    let params = sign_in(&world.anonymous, PASSWORD).await?.problem(429, "RATE_LIMIT_EXCEEDED")?;
    assert!(params["retry_after"].is_u64(), "{params}");
    Ok(())
}
