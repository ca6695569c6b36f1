//! What passes, what is journalled, what stays over a restart.

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::{Value, json};

use crate::gateway::{Gateway, TOKEN, WATCH};
use crate::{next, picked};

#[tokio::test]
async fn call_passes_and_leaves_one_entry() -> Result<()> {
    let gateway = Gateway::start("pass").await?;
    let answer = gateway.caller()?.apply().await?;
    assert_eq!(answer["metadata"]["uid"], "uid-1");
    let [call] = &gateway.upstream.calls()[..] else {
        bail!("not one call");
    };
    assert!(call.ends_with(TOKEN), "{call}");

    let entries = gateway.journal("").await?;
    let [entry] = &entries[..] else {
        bail!("not one entry: {entries:?}");
    };
    let what = ["verb", "method", "api_group", "resource", "namespace", "name", "query"];
    let expected = json!(["patch", "PATCH", "kubevirt.io", "virtualmachines", "dev", "web", "fieldManager=shepherd"]);
    assert_eq!(picked(entry, &what), expected);
    let who = ["account", "field_manager", "uid", "ticket", "status", "outcome", "dry_run"];
    let expected = json!(["system:serviceaccount:shepherd:worker", "shepherd", "uid-1", "t1", 200, "delivered", false]);
    assert_eq!(picked(entry, &who), expected);
    let file = std::fs::read_to_string(gateway.text("journal"))?;
    assert!(!file.contains("Bearer") && !file.contains("labels"), "{file}");
    Ok(())
}

#[tokio::test]
async fn watch_passes_line_by_line() -> Result<()> {
    let gateway = Gateway::start("watch").await?;
    let response = gateway.caller()?.get(WATCH).await?;
    let mut watch = response.into_body();
    for line in ["first", "second"] {
        assert!(gateway.upstream.tell(line));
        assert_eq!(next(&mut watch).await?, Some(format!("{line}\n")));
    }
    let open = gateway.journal("verb=watch").await?;
    assert_eq!(picked(&open[0], &["status", "outcome"]), json!([200, "open"]));
    drop(watch);
    let entries = gateway.journalled(2).await?;
    assert_eq!(picked(&entries[1], &["outcome", "opened"]), json!(["delivered", 1]));
    let counts = gateway.counts("").await?;
    assert_eq!(picked(&counts, &["watches", "by"]), json!([1, {"watch virtualmachines": 1}]));
    Ok(())
}

#[tokio::test]
async fn restart_keeps_address_authority_and_numbers() -> Result<()> {
    let mut gateway = Gateway::start("restart").await?;
    let caller = gateway.caller()?;
    caller.apply().await?;
    let ready = gateway.ready.clone();
    gateway.restart().await?;
    assert_eq!(gateway.ready, ready);
    caller.apply().await?;
    let numbers: Vec<Value> = gateway.journal("").await?.iter().map(|e| e["seq"].clone()).collect();
    assert_eq!(numbers, [1, 2]);
    Ok(())
}

#[tokio::test]
async fn control_refuses_what_it_does_not_know() -> Result<()> {
    let gateway = Gateway::start("control").await?;
    for (method, path, body) in [
        (Method::POST, "/faults", json!({"fault": {"kind": "explode"}})),
        (Method::POST, "/partition", json!({"off": true})),
        (Method::GET, "/journal?colour=red", Value::Null),
        (Method::DELETE, "/faults/fault-9", Value::Null),
    ] {
        let refused = gateway.control(method, path, body).await.err().context(path)?;
        assert!(refused.to_string().contains("error"), "{refused}");
    }
    Ok(())
}
