//! What passes, what is journalled, what stays over a restart.

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

use crate::gateway::{BOTH, Gateway, Protocol, TOKEN, WATCH};
use crate::{next, picked};

#[tokio::test]
async fn call_passes_and_leaves_one_entry() -> Result<()> {
    for protocol in BOTH {
        let gateway = Gateway::start("pass").await?;
        let answer = gateway.caller(protocol)?.apply().await?;
        assert_eq!(answer["metadata"]["uid"], "uid-1");
        let path = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines/web";
        let arrived = format!("PATCH {path} {TOKEN}");
        assert_eq!(gateway.upstream.calls(), [arrived]);

        let mut entries = gateway.journal("").await?;
        for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
            let at = entry.remove("at").unwrap_or_default().to_string();
            assert!(at.ends_with("Z\""), "{at}");
            assert!(entry.remove("ms").is_some_and(|ms| ms.is_u64()));
        }
        let expected = json!({
            "seq": 1, "verb": "patch", "method": "PATCH", "path": path,
            "query": "fieldManager=shepherd", "api_group": "kubevirt.io",
            "resource": "virtualmachines", "subresource": null, "namespace": "dev",
            "name": "web", "account": "system:serviceaccount:shepherd:worker",
            "field_manager": "shepherd", "dry_run": false, "uid": "uid-1", "ticket": "t1",
            "status": 200, "outcome": "delivered", "fault": null,
        });
        assert_eq!(entries, [expected]);
        let file = std::fs::read_to_string(gateway.text("journal"))?;
        assert!(!file.contains("Bearer") && !file.contains("labels"), "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn watch_passes_line_by_line() -> Result<()> {
    for protocol in BOTH {
        watched(protocol).await?;
    }
    Ok(())
}

async fn watched(protocol: Protocol) -> Result<()> {
    let gateway = Gateway::start("watch").await?;
    let response = gateway.caller(protocol)?.get(WATCH).await?;
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
async fn restart_keeps_authority_and_numbers() -> Result<()> {
    let mut gateway = Gateway::start("restart").await?;
    gateway.caller(Protocol::Http2)?.apply().await?;
    let authority = std::fs::read(gateway.text("ca"))?;
    gateway.restart().await?;
    assert_eq!(std::fs::read(gateway.text("ca"))?, authority);
    gateway.caller(Protocol::Http2)?.apply().await?;
    let entries = gateway.journal("").await?;
    let numbers: Vec<&Value> = entries.iter().map(|entry| &entry["seq"]).collect();
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
