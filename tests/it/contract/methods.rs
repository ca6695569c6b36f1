//! Methods, and how ids are written.

use reqwest::Method;
use shepherd_tests::World;
use shepherd_tests::client::send;
use shepherd_tests::contract::operations;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::bodies::{Calls, code};
use super::input::everything;

/// Answers that are another at each call, or have no end.
const CHANGING: [&str; 3] = ["audit_list", "audit_export", "events_stream"];

#[tokio::test]
async fn head_answers_like_get_without_the_body() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    for operation in operations()?.iter().filter(|operation| operation.method == Method::GET) {
        let Some(path) = operation.at(&calls.id(operation)) else { continue };
        for who in [&olga.client, &world.anonymous] {
            let get = who.request(Method::GET, &path).send().await?;
            let head = who.request(Method::HEAD, &path).send().await?;
            assert_eq!(head.status(), get.status(), "{}", operation.id);
            for name in ["content-type", "content-length", "www-authenticate"] {
                let same = head.headers().get(name) == get.headers().get(name);
                assert!(same || CHANGING.contains(&operation.id.as_str()), "{} {name}: {head:?} {get:?}", operation.id);
            }
            assert!(head.bytes().await?.is_empty(), "{}", operation.id);
        }
    }
    let probes = reqwest::Client::new();
    for path in ["/health/live", "/health/ready", "/metrics"] {
        let head = probes.head(format!("{}{path}", olga.base())).send().await?;
        assert_eq!(head.status().as_u16(), 200, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn another_method_is_refused_with_those_that_there_are() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut paths: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for operation in operations()? {
        let allowed = paths.entry(&operation.path).or_default();
        allowed.insert(operation.method.to_string());
        if operation.method == Method::GET {
            allowed.insert("HEAD".to_owned());
        }
    }
    paths.insert("/metrics", ["GET", "HEAD"].map(str::to_owned).into());
    let client = reqwest::Client::new();
    for (path, allowed) in paths {
        let url = format!("{}{}", world.anonymous.base(), path.replace("{id}", &Uuid::new_v4().to_string()));
        for word in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREAK0"] {
            if allowed.contains(word) {
                continue;
            }
            let answer = client.request(word.parse()?, &url).send().await?;
            assert_eq!(answer.status().as_u16(), 405, "{word} {path}");
            let header = answer.headers().get("allow").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let told: BTreeSet<_> = header.split(", ").map(str::to_owned).collect();
            assert_eq!(told, allowed, "{word} {path}");
        }
    }
    let metrics = client.get(format!("{}/metrics", world.anonymous.base())).send().await?.text().await?;
    assert!(metrics.contains("method=\"other\"") && metrics.contains("method=\"PUT\""), "{metrics}");
    assert!(!metrics.contains("BREAK0"), "a client made a label up");
    Ok(())
}

#[tokio::test]
async fn a_thing_has_one_address() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let mut walked = 0;
    for operation in operations()?.iter().filter(|o| o.method == Method::GET && o.path.contains("{id}")) {
        let id = calls.id(operation);
        let at = |id: &str| operation.at(id).unwrap_or_default();
        walked += usize::from(olga.get(&at(&id)).await?.status.is_success());
        let plain = id.replace('-', "");
        for other in [id.to_uppercase(), plain, format!("urn:uuid:{id}"), format!("%7B{id}%7D"), format!("{id}%20")] {
            let answer = send(olga.request(Method::GET, &at(&other))).await?;
            assert_eq!((answer.status.as_u16(), code(&answer)), (404, "NOT_FOUND"), "{} {other}", operation.id);
        }
    }
    assert!(walked > 6, "only {walked} things were there");
    Ok(())
}
