//! What happens to whole connections: rotated certificates, partitions.

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

use crate::gateway::{BOTH, Gateway, Protocol, WATCH};
use crate::next;

const ROTATE: &str = "/certificate/rotate";

#[tokio::test]
async fn rotation_lets_calls_finish_and_keeps_trust() -> Result<()> {
    for protocol in BOTH {
        let gateway = Gateway::start("rotate").await?;
        let caller = gateway.caller(protocol)?;
        let mut watch = caller.get(WATCH).await?.into_body();
        gateway.control(Method::POST, ROTATE, Value::Null).await?;
        caller.apply().await?;
        assert!(gateway.upstream.tell("still there"));
        assert_eq!(next(&mut watch).await?.as_deref(), Some("still there\n"));
    }
    Ok(())
}

#[tokio::test]
async fn new_authority_ends_the_old_trust() -> Result<()> {
    let gateway = Gateway::start("authority").await?;
    let caller = gateway.caller(Protocol::Http2)?;
    let late = gateway.caller(Protocol::Http2)?;
    let mut watch = caller.get(WATCH).await?.into_body();
    let rotation = json!({"new_ca": true});
    gateway.control(Method::POST, ROTATE, rotation).await?;
    assert!(next(&mut watch).await.is_err());
    assert!(caller.apply().await.is_err());
    let error = late.apply().await.err().context("the old trust stands")?;
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
    gateway.caller(Protocol::Http2)?.apply().await?;
    assert_eq!(gateway.journal("verb=patch").await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn partition_cuts_and_refuses() -> Result<()> {
    for protocol in BOTH {
        partitioned(protocol).await?;
    }
    Ok(())
}

async fn partitioned(protocol: Protocol) -> Result<()> {
    let gateway = Gateway::start("partition").await?;
    let caller = gateway.caller(protocol)?;
    let mut watch = caller.get(WATCH).await?.into_body();
    gateway.control(Method::POST, "/partition", json!({"on": true})).await?;
    assert!(next(&mut watch).await.is_err());
    assert!(caller.apply().await.is_err());
    let entries = gateway.journalled(2).await?;
    assert_eq!(entries[1]["outcome"], "cut");
    gateway.control(Method::POST, "/partition", json!({"on": false})).await?;
    caller.apply().await?;
    assert_eq!(gateway.journal("").await?.len(), 3);
    Ok(())
}
