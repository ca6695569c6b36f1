//! Who keeps the server waiting, and who takes more than their share.

use anyhow::Context as _;
use reqwest::Method;
use shepherd_tests::World;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

#[tokio::test]
async fn nobody_takes_the_streams_of_all() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut open = Vec::new();
    for _ in 0..10 {
        let stream = world.requester.request(Method::GET, "/events").send().await?;
        assert_eq!(stream.status().as_u16(), 200);
        open.push(stream);
    }
    let refused = world.requester.get("/events").await?;
    assert_eq!(refused.headers.get("retry-after").and_then(|value| value.to_str().ok()), Some("15"));
    assert_eq!(refused.problem(429, "RATE_LIMIT_EXCEEDED")?["maximum"], 10);
    let other = world.approver.request(Method::GET, "/events").send().await?;
    assert_eq!(other.status().as_u16(), 200);
    Ok(())
}

/// Sends that text, says nothing more, and answers what was heard until the other side closed.
async fn say(address: &str, text: String) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    let end = timeout(Duration::from_secs(25), connection.read_to_string(&mut answer)).await;
    end.with_context(|| format!("still open after {answer}"))??;
    Ok(answer)
}

#[tokio::test]
async fn a_body_that_does_not_come_gives_its_connection_back() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let address = world.anonymous.base().trim_start_matches("http://").trim_end_matches('/');
    let calls = [
        ("POST /api/v1/auth/token", "application/json", "408 "),
        ("POST /api/v1/auth/token", "text/plain", "415 "),
        ("POST /api/v1/systems", "application/json", "401 "),
        ("GET /api/v1/setup", "application/json", "200 "),
        ("BREAK0 /api/v1/systems", "application/json", "405 "),
    ];
    // Without a length the end of the body must be waited for, whatever the answer would be.
    let all = calls.iter().flat_map(|(start, kind, status)| {
        [
            (start, kind, *status, "Content-Length: 100\r\n\r\n{"),
            (start, kind, "408 ", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
        ]
    });
    let heard = all.map(|(start, kind, status, length)| async move {
        let text = format!("{start} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {kind}\r\n{length}");
        let answer = say(address, text).await.with_context(|| format!("{start} {kind}"))?;
        anyhow::ensure!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{start} {kind}: {answer}");
        Ok(())
    });
    futures_util::future::try_join_all(heard).await?;
    Ok(())
}
