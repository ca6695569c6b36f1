//! What happens to whole connections: rotated certificates, partitions.

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

use crate::gateway::{Gateway, WATCH};
use crate::next;

#[tokio::test]
async fn rotation_keeps_trust_and_new_authority_breaks_it() -> Result<()> {
    let gateway = Gateway::start("rotate").await?;
    let caller = gateway.caller()?;
    let mut watch = caller.get(WATCH).await?.into_body();
    gateway.control(Method::POST, "/certificate/rotate", Value::Null).await?;
    caller.apply().await?;
    assert!(gateway.upstream.tell("still there"));
    assert_eq!(next(&mut watch).await?.as_deref(), Some("still there\n"));

    gateway.control(Method::POST, "/certificate/rotate", json!({"new_ca": true})).await?;
    assert!(next(&mut watch).await.is_err());
    let error = caller.apply().await.err().context("the old trust stands")?;
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
    gateway.caller()?.apply().await?;
    Ok(())
}

#[tokio::test]
async fn partition_cuts_and_refuses() -> Result<()> {
    let gateway = Gateway::start("partition").await?;
    let caller = gateway.caller()?;
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
