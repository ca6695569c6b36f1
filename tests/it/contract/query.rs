//! What a query may hold.

use serde_json::{Value, json};
use shepherd_tests::client::{send, text};
use shepherd_tests::contract::operations;
use shepherd_tests::{Answer, World};

use super::bodies::{Calls, code};
use super::input::everything;

#[tokio::test]
async fn a_parameter_that_an_operation_does_not_know_is_refused_by_name() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let mut wrong = Vec::new();
    for operation in operations()? {
        let Some(path) = operation.at(&calls.id(operation)) else { continue };
        for query in ["surprise=1", "surprise", "%73urprise=", "surprise=1&surprise=2"] {
            let request = olga.request(operation.method.clone(), &format!("{path}?{query}"));
            let answer = send(match calls.body(&operation.id) {
                Some(body) => request.json(&body),
                None => request,
            })
            .await?;
            let expected = json!({"parameter": "surprise", "rule": "unknown"});
            if (answer.status.as_u16(), code(&answer), &answer.body["params"]) != (400, "INVALID_QUERY", &expected) {
                wrong.push(format!("{} ?{query}: {} {}", operation.id, answer.status, answer.body));
            }
            // Which is how the request is found in the log.
            let id = answer.headers.get("x-request-id").and_then(|value| value.to_str().ok());
            if id.is_none() || answer.body["request_id"].as_str() != id {
                wrong.push(format!("{} ?{query}: id {id:?} in the head, {}", operation.id, answer.body["request_id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let live = reqwest::get(format!("{}/health/live?surprise=1", olga.base())).await?;
    assert_eq!(live.status().as_u16(), 400);
    Ok(())
}

fn refused(answer: Answer, parameter: &str, rule: &Value) -> anyhow::Result<()> {
    let params = answer.problem(400, "INVALID_QUERY")?;
    anyhow::ensure!(params["parameter"] == parameter && params["rule"] == *rule, "{parameter}, {rule}: {params}");
    Ok(())
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_its_parameter() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let olga = everything(&world).await?;
    for list in ["/audit", "/audit/export"] {
        for parameter in ["from", "to"] {
            for year in ["-262143", "-5000", "-0001", "0000", "%2B10000", "%2B262142"] {
                let answer = olga.get(&format!("{list}?{parameter}={year}-01-01T00:00:00Z")).await?;
                refused(answer, parameter, &Value::Null)?;
            }
            for garbage in ["yesterday", "2026-01-01", "", "%2B300000-01-01T00:00:00Z"] {
                refused(olga.get(&format!("{list}?{parameter}={garbage}")).await?, parameter, &json!("type"))?;
            }
            for moment in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-02-28T00:00:00%2B14:00"] {
                olga.get(&format!("{list}?{parameter}={moment}")).await?.expect(200)?;
            }
        }
    }
    let table = [
        ("/vms?cluster_id=x", "cluster_id", "type"),
        ("/users?sort_order=up", "sort_order", "type"),
        ("/users?q=%00", "q", "characters"),
        ("/users?page=1&page=2", "page", "repeated"),
    ];
    for (path, parameter, rule) in table {
        refused(olga.get(path).await?, parameter, &json!(rule))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_is_good_for_the_list_that_it_came_from() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let olga = everything(&world).await?;
    let page = olga.get("/audit?outcome=SUCCEEDED&per_page=2").await?.expect(200)?;
    let cursor = text(&page["pagination"], "next_cursor")?;
    let next = olga.get(&format!("/audit?cursor={cursor}&per_page=1&outcome=SUCCEEDED")).await?.expect(200)?;
    // Reading was recorded, so the list has grown at its head; what is behind the cursor has not moved.
    assert!(text(&next["items"][0], "id")? < text(&page["items"][1], "id")?);
    let mut tampered = cursor.to_owned();
    let other = if tampered.get(10..11) == Some("A") { "Q" } else { "A" };
    tampered.replace_range(10..11, other);
    let others = [
        format!("/audit?cursor={cursor}"),
        format!("/audit?cursor={cursor}&outcome=REFUSED"),
        format!("/audit?cursor={cursor}&outcome=SUCCEEDED&platform=true"),
        format!("/audit?cursor={tampered}&outcome=SUCCEEDED"),
        format!("/tickets?cursor={cursor}"),
        format!("/vms?cursor={cursor}"),
        format!("/notifications?cursor={cursor}"),
        "/vms?cursor=".to_owned(),
        "/vms?cursor=AZr-NvGxdf6dgtjPNK_hyQ".to_owned(),
    ];
    for path in others {
        refused(olga.get(&path).await?, "cursor", &json!("other_list"))?;
    }
    Ok(())
}

#[tokio::test]
async fn what_the_contract_allows_is_not_refused_for_its_form() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let olga = everything(&world).await?;
    let longest = "%C3%A9".repeat(64);
    for path in ["/users?page=100000", "/vms?state=RUNNING,STOPPED", &format!("/users?q={longest}")] {
        olga.get(path).await?.expect(200)?;
    }
    let params = olga.get("/users?page=100001").await?.problem(400, "INVALID_QUERY")?;
    assert_eq!(params, json!({"parameter": "page", "minimum": 1, "maximum": 100_000}));
    refused(olga.get("/vms?state=").await?, "state", &Value::Null)
}

#[tokio::test]
async fn a_stream_goes_on_from_a_place_that_reads_as_one_wherever_it_is_told() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let long = "1".repeat(19);
    let table = [
        ("", "", "last_event_id"),
        ("", "null", "last_event_id"),
        ("812-44", "x", "last_event_id"),
        ("", &format!("{long}-1"), "last_event_id"),
        ("x", "812-44", "Last-Event-ID"),
        (&format!("1-{long}"), "812-44", "Last-Event-ID"),
    ];
    for (header, query, parameter) in table {
        let path = format!("/events?last_event_id={query}");
        let request = world.requester.request(reqwest::Method::GET, &path).header("Last-Event-ID", header);
        refused(send(request).await?, parameter, &Value::Null)?;
    }
    Ok(())
}
