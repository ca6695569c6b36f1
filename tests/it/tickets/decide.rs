//! Races and endings of decisions.

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use shepherd_tests::client::send;
use shepherd_tests::people::Person;
use shepherd_tests::{World, until};
use std::collections::BTreeMap;

#[tokio::test]
async fn of_fifty_decisions_at_once_one_wins_and_the_others_are_told_who() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let digest = world.digest(&ticket).await?;
    let (approve, reject, cancel) = (
        format!("/tickets/{ticket}/approve"),
        format!("/tickets/{ticket}/reject"),
        format!("/tickets/{ticket}/cancel"),
    );
    let approval = json!({"cluster_id": world.cluster, "digest": digest});
    let calls = (0..50).map(|i| {
        let (approve, reject, cancel, approval) = (&approve, &reject, &cancel, &approval);
        let world = &world;
        async move {
            let (rejection, nothing) = (json!({"reason": "no"}), json!({}));
            let (who, path, body) = match i % 4 {
                0 => (&world.approver, approve, approval),
                1 => (&world.second_approver, approve, approval),
                2 => (&world.second_approver, reject, &rejection),
                _ => (&world.requester, cancel, &nothing),
            };
            // A machine without time answers 503; clients try again, with the same key.
            until("an answer", async || {
                let request = who.request(Method::POST, path).header("Idempotency-Key", format!("decision {i}"));
                let answer = send(request.json(body)).await?;
                Ok((answer.status != StatusCode::SERVICE_UNAVAILABLE).then_some(answer))
            })
            .await
        }
    });
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    for answer in join_all(calls).await {
        let answer = answer?;
        if answer.status.is_success() {
            *outcomes.entry("won").or_default() += 1;
        } else {
            let params = answer.problem(409, "ALREADY_DECIDED")?;
            assert!(params["decided_by"].is_string(), "{params}");
            *outcomes.entry("told").or_default() += 1;
        }
    }
    assert_eq!(outcomes, BTreeMap::from([("won", 1), ("told", 49)]));
    Ok(())
}

#[tokio::test]
async fn a_decision_that_is_repeated_with_its_key_is_made_once_and_answered_each_time() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let ticket = world.submit().await?;
    let reject = async |key: &str, path: &str, reason: &str| {
        let request = world.approver.request(Method::POST, path).header("Idempotency-Key", key);
        send(request.json(&json!({"reason": reason}))).await
    };
    let path = format!("/tickets/{ticket}/reject");
    for answer in join_all((0..8).map(|_| reject("monday", &path, "too big"))).await {
        assert_eq!(answer?.expect(200)?["state"], "REJECTED");
    }
    reject("monday", &path, "too small").await?.problem(422, "IDEMPOTENCY_KEY_REUSED")?;
    let other = format!("/tickets/{}/reject", world.submit().await?);
    reject("monday", &other, "too big").await?.problem(422, "IDEMPOTENCY_KEY_REUSED")?;
    reject("tuesday", &path, "too big").await?.problem(409, "ALREADY_DECIDED")?;
    let story = world.story(&ticket).await?;
    let made = story.iter().filter(|act| *act == "approval.reject:SUCCEEDED").count();
    assert_eq!(made, 1, "{story:?}");
    Ok(())
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_ends_the_ticket_without_a_vm() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let path = format!("/tickets/{ticket}/reject");
    world.approver.post(&path, &json!({"reason": "  "})).await?.problem(422, "VALIDATION_FAILED")?;
    world.approver.post(&path, &json!({"reason": "too big"})).await?.expect(200)?;
    let ended = world.ticket_in(&ticket, &["REJECTED"]).await?;
    assert_eq!(ended["approval"]["reason"], "too big");
    assert_eq!(world.requester.get("/vms").await?.expect(200)?["pagination"]["total"], 0);
    Ok(())
}

#[tokio::test]
async fn only_the_requester_cancels_and_then_may_ask_again() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let ticket = world.submit().await?;
    let path = format!("/tickets/{ticket}/cancel");
    world.approver.post(&path, &json!({})).await?.problem(403, "PERMISSION_DENIED")?;
    world.requester.post(&path, &json!({})).await?.expect(200)?;
    let again = world.submit().await?;
    assert_ne!(ticket, again);
    Ok(())
}

#[tokio::test]
async fn an_undecided_request_expires_by_its_workflow() -> anyhow::Result<()> {
    let world = World::with(&[("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", "2".to_owned())]).await?;
    let ticket = world.submit().await?;
    world.ticket_in(&ticket, &["EXPIRED"]).await?;
    let body = json!({"reason": "late"});
    let params =
        world.approver.post(&format!("/tickets/{ticket}/reject"), &body).await?.problem(409, "ALREADY_DECIDED")?;
    assert_eq!(params["state"], "EXPIRED");
    assert_eq!(unread(&world.second_approver).await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_somebody_has_decided_is_news_to_no_other_approver() -> anyhow::Result<()> {
    let world = World::start().await?;
    for decide in ["approve", "reject", "cancel"] {
        let ticket = world.submit().await?;
        assert_eq!(unread(&world.second_approver).await?, 1, "{decide}");
        match decide {
            "approve" => world.approve(&ticket).await?,
            "reject" => {
                let reason = json!({"reason": "no"});
                world.approver.post(&format!("/tickets/{ticket}/reject"), &reason).await?.expect(200)?;
            }
            _ => {
                world.requester.post(&format!("/tickets/{ticket}/cancel"), &json!({})).await?.expect(200)?;
            }
        }
        assert_eq!(unread(&world.second_approver).await?, 0, "{decide}");
    }
    Ok(())
}

/// How many notifications somebody has not read.
async fn unread(person: &Person) -> anyhow::Result<i64> {
    let count = person.get("/notifications/unread-count").await?.expect(200)?;
    Ok(count["unread"].as_i64().unwrap_or(-1))
}
