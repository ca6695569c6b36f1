//! What each fault does to the caller, to the API server and to the journal.

use anyhow::{Context, Result};
use http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::gateway::{Gateway, PATIENCE, WATCH};
use crate::{next, picked};

#[tokio::test]
async fn refusals_are_kubernetes_statuses() -> Result<()> {
    let gateway = Gateway::start("refusals").await?;
    let caller = gateway.caller()?;
    let faults = [
        (json!({"kind": "status", "status": 429, "retry_after": 7}), 429, "TooManyRequests"),
        (json!({"kind": "status", "status": 500}), 500, "InternalError"),
        (json!({"kind": "expired"}), 410, "Expired"),
        (json!({"kind": "unauthorized"}), 401, "Unauthorized"),
    ];
    for (fault, status, reason) in faults {
        gateway.fault(json!({"match": {"verb": "list"}, "times": 1, "fault": fault})).await?;
        let response = caller.get("/api/v1/nodes").await?;
        assert_eq!(response.status(), status);
        let retry_after = response.headers().get("retry-after").cloned();
        assert_eq!(retry_after.is_some_and(|s| s == "7"), status == 429);
        let body = response.into_body().collect().await?.to_bytes();
        let body: Value = serde_json::from_slice(&body)?;
        assert_eq!(picked(&body, &["kind", "reason", "code"]), json!(["Status", reason, status]));
    }
    assert_eq!(gateway.upstream.calls().len(), 0);
    assert_eq!(caller.get("/api/v1/nodes").await?.status(), 200);
    let entries = gateway.journal("since=3").await?;
    let fields = ["status", "outcome", "fault"];
    assert_eq!(picked(&entries[0], &fields), json!([401, "injected", "fault-4"]));
    assert_eq!(picked(&entries[1], &fields), json!([200, "delivered", null]));
    Ok(())
}

#[tokio::test]
async fn lost_call_takes_effect_exactly_once() -> Result<()> {
    let gateway = Gateway::start("lost").await?;
    let lost = json!({"match": {"verb": "patch", "name": "we*"}, "times": 1,
        "fault": {"kind": "lost"}});
    gateway.fault(lost).await?;
    let caller = gateway.caller()?;
    assert!(caller.apply().await.is_err());
    assert_eq!(gateway.upstream.calls().len(), 1);
    let entries = gateway.journal("").await?;
    let fields = ["outcome", "status", "uid", "ticket", "fault"];
    let expected = json!(["lost", 200, "uid-1", "t1", "fault-1"]);
    assert_eq!(entries.iter().map(|e| picked(e, &fields)).collect::<Vec<_>>(), [expected]);

    caller.apply().await?;
    let counts = gateway.counts("ticket=t1&mutating=true").await?;
    let expected = json!({"mutations": 2, "dry_runs": 0, "reads": 0, "lists": 0, "watches": 0,
        "by": {"patch virtualmachines": 2}});
    assert_eq!(counts, expected);
    Ok(())
}

#[tokio::test]
async fn cut_and_hanging_calls_are_not_forwarded() -> Result<()> {
    let gateway = Gateway::start("cut").await?;
    let caller = gateway.caller()?;
    gateway.fault(json!({"times": 1, "fault": {"kind": "cut"}})).await?;
    assert!(caller.apply().await.is_err());

    let hang = gateway.fault(json!({"fault": {"kind": "hang"}})).await?;
    let hanging = tokio::spawn(async move { caller.apply().await });
    let path = format!("/faults/{hang}");
    let hits = async || -> Result<Value> {
        let faults = gateway.control(Method::GET, "/faults", Value::Null).await?;
        Ok(faults["faults"][1]["hits"].clone())
    };
    let arrived = async {
        while hits().await? != 1 {}
        Ok::<_, anyhow::Error>(())
    };
    timeout(PATIENCE, arrived).await??;
    assert!(!hanging.is_finished());
    hanging.abort();
    let entries = gateway.journalled(2).await?;
    assert_eq!(picked(&entries[1], &["outcome", "status", "fault"]), json!(["cut", null, hang]));
    gateway.control(Method::DELETE, &path, Value::Null).await?;
    gateway.caller()?.apply().await?;
    assert_eq!(gateway.upstream.calls().len(), 1);
    Ok(())
}

#[tokio::test]
async fn latency_comes_before_the_effect() -> Result<()> {
    let gateway = Gateway::start("latency").await?;
    gateway.fault(json!({"fault": {"kind": "latency", "ms": 30}})).await?;
    gateway.caller()?.apply().await?;
    let entries = gateway.journal("").await?;
    assert!(entries[0]["ms"].as_u64().context("no time")? >= 30, "{entries:?}");
    Ok(())
}

#[tokio::test]
async fn watch_is_dropped_in_the_middle() -> Result<()> {
    let gateway = Gateway::start("drop").await?;
    gateway.fault(json!({"fault": {"kind": "drop_watch", "after_ms": 100}})).await?;
    let mut watch = gateway.caller()?.get(WATCH).await?.into_body();
    assert!(gateway.upstream.tell("first"));
    assert_eq!(next(&mut watch).await?.as_deref(), Some("first\n"));
    assert!(next(&mut watch).await.is_err());
    let entries = gateway.journalled(2).await?;
    assert_eq!(picked(&entries[1], &["outcome", "fault"]), json!(["cut", "fault-1"]));
    let gone = async {
        while gateway.upstream.watchers() > 0 {
            tokio::task::yield_now().await
        }
    };
    timeout(PATIENCE, gone).await?;
    Ok(())
}

#[tokio::test]
async fn watch_expires_with_an_event() -> Result<()> {
    let gateway = Gateway::start("expired").await?;
    gateway.fault(json!({"fault": {"kind": "expired", "in_stream": true}})).await?;
    let response = gateway.caller()?.get(WATCH).await?;
    assert_eq!(response.status(), 200);
    let mut watch = response.into_body();
    let event: Value = serde_json::from_str(&next(&mut watch).await?.context("no event")?)?;
    let object = picked(&event["object"], &["kind", "reason", "code"]);
    assert_eq!((&event["type"], object), (&json!("ERROR"), json!(["Status", "Expired", 410])));
    assert_eq!(next(&mut watch).await?, None);
    let entries = gateway.journalled(2).await?;
    assert_eq!(entries[1]["outcome"], "injected");
    Ok(())
}
