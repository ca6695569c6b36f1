//! The gateway as its callers see it: what passes, what is journalled, what each fault does.

mod gateway;
mod upstream;

use anyhow::{Context, Result, bail};
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::timeout;

use gateway::{Gateway, PATIENCE, WATCH};

/// Next piece of a watch; none at its proper end.
async fn next(watch: &mut Incoming) -> Result<Option<String>> {
    let Some(frame) = timeout(PATIENCE, watch.frame()).await? else {
        return Ok(None);
    };
    let data = frame?.into_data();
    let data = data.map_err(|_| anyhow::anyhow!("not data"))?;
    Ok(Some(String::from_utf8(data.to_vec())?))
}

fn picked(entry: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| entry[field].clone()).collect()
}

#[tokio::test]
async fn call_passes_and_leaves_one_entry() -> Result<()> {
    let gateway = Gateway::start("pass").await?;
    let answer = gateway.caller()?.apply().await?;
    assert_eq!(answer["metadata"]["uid"], "uid-1");
    let [call] = &gateway.upstream.calls()[..] else {
        bail!("not one call");
    };
    assert!(call.ends_with(gateway::TOKEN), "{call}");

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
