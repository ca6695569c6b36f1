//! Streams of events: nobody takes the places of others.

use reqwest::{Method, Response};
use shepherd_tests::client::send;
use shepherd_tests::people::Person;
use shepherd_tests::{World, until};

async fn open(who: &Person) -> anyhow::Result<Response> {
    let response = who.request(Method::GET, "/events").send().await?;
    anyhow::ensure!(response.status() == 200, "{}", response.status());
    Ok(response)
}

#[tokio::test]
async fn one_person_has_ten_streams_and_a_place_is_free_as_soon_as_a_client_goes() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(open(&world.requester).await?);
    }
    let refused = send(world.requester.request(Method::GET, "/events")).await?;
    assert!(refused.headers.contains_key("retry-after"));
    let params = refused.problem(429, "RATE_LIMIT_EXCEEDED")?;
    assert_eq!((&params["maximum"], params["retry_after"].is_u64()), (&serde_json::json!(10), true));
    open(&world.approver).await?;
    for _ in 0..3 {
        drop(streams.pop());
        // Sooner than the next heartbeat.
        let again = tokio::time::timeout(std::time::Duration::from_secs(5), async {
            until("a free place", async || Ok(open(&world.requester).await.ok())).await
        });
        streams.push(again.await??);
    }
    Ok(())
}
