//! Somebody who asks until there is an answer: a request that was not answered is repeated with its key.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shepherd_tests::client::{send, text};
use shepherd_tests::net::Net;
use shepherd_tests::people::Person;
use shepherd_tests::temporal::operate;
use shepherd_tests::{Answer, World, until};
use uuid::Uuid;

/// The people of a world, whoever of its processes is alive.
pub struct Walker {
    pub requester: Person,
    pub approver: Person,
    admin: Person,
    cluster: String,
    request: Value,
    pub net: Net,
}

impl Walker {
    /// # Errors
    /// When the world's database has no URL.
    pub fn of(world: &World) -> anyhow::Result<Self> {
        Ok(Self {
            requester: world.requester.clone(),
            approver: world.approver.clone(),
            admin: world.admin.clone(),
            cluster: world.cluster.clone(),
            request: world.request(),
            net: Net::of(world)?,
        })
    }

    pub async fn submit(&self) -> anyhow::Result<String> {
        let made = self.ask(&self.requester, Method::POST, "/tickets", &self.request).await?.expect(202)?;
        Ok(text(&made, "id")?.to_owned())
    }

    pub async fn approve(&self, ticket: &str) -> anyhow::Result<()> {
        let cluster = json!({"cluster_id": self.cluster});
        let path = format!("/tickets/{ticket}/preview");
        let preview = self.ask(&self.approver, Method::POST, &path, &cluster).await?.expect(200)?;
        let approval = json!({"cluster_id": self.cluster, "digest": preview["digest"]});
        self.decide(&self.approver, ticket, "approve", &approval).await
    }

    pub async fn decide(&self, who: &Person, ticket: &str, verb: &str, body: &Value) -> anyhow::Result<()> {
        let answer = self.ask(who, Method::POST, &format!("/tickets/{ticket}/{verb}"), body).await?;
        anyhow::ensure!(answer.status.is_success(), "{verb}: {answer:?}");
        Ok(())
    }

    pub async fn waits_for_ready(&self, ticket: &str) -> anyhow::Result<()> {
        self.seen(ticket, |seen| {
            let mut steps = seen["steps"].as_array().into_iter().flatten();
            steps.any(|step| step["name"] == "await_vm_ready" && step["state"] == "RUNNING")
        })
        .await
        .map(drop)
    }

    pub async fn needs_operator(&self, ticket: &str) -> anyhow::Result<Value> {
        self.seen(ticket, |seen| seen["run_state"] == "NEEDS_OPERATOR").await
    }

    /// Takes its run from Temporal and waits until the net has started another.
    pub async fn lose_run(&self, ticket: &str) -> anyhow::Result<()> {
        let workflow = format!("ticket-{ticket}");
        let describe = ["workflow", "describe", "--workflow-id", &workflow];
        until("the delivery", async || Ok((self.net.n_unsent().await? == 0).then_some(()))).await?;
        operate(&["workflow", "delete", "--yes", "--workflow-id", &workflow]).await?;
        until("the loss", async || Ok(operate(&describe).await.is_err().then_some(()))).await?;
        self.net.let_down().await?;
        until("another run", async || Ok(operate(&describe).await.is_ok().then_some(()))).await
    }

    /// Waits until its run is over, though the ticket is not.
    pub async fn run_is_over(&self, ticket: &str) -> anyhow::Result<()> {
        // Before its order is delivered there is none to be over.
        until("the delivery", async || Ok((self.net.n_unsent().await? == 0).then_some(()))).await?;
        let result = ["workflow", "result", "--workflow-id", &format!("ticket-{ticket}")];
        until("the end of the run", async || Ok(operate(&result).await.is_err().then_some(()))).await
    }

    /// Waits until its deadline has passed.
    pub async fn is_due(&self, ticket: &str) -> anyhow::Result<()> {
        let passed = |at: &str| at.parse::<DateTime<Utc>>().is_ok_and(|at| at <= Utc::now());
        self.seen(ticket, |seen| seen["approval"]["expires_at"].as_str().is_some_and(passed)).await.map(drop)
    }

    pub async fn ended(&self, ticket: &str) -> anyhow::Result<Value> {
        let ends = ["REJECTED", "CANCELLED", "EXPIRED", "SUCCESS", "FAILED"];
        self.seen(ticket, |seen| seen["state"].as_str().is_some_and(|state| ends.contains(&state))).await
    }

    /// Asks for a check of the cluster and waits for its verdict.
    pub async fn check(&self) -> anyhow::Result<Value> {
        let path = format!("/clusters/{}", self.cluster);
        let before = self.ask(&self.admin, Method::GET, &path, &Value::Null).await?.expect(200)?;
        self.ask(&self.admin, Method::POST, &format!("{path}/check"), &json!({})).await?.expect(202)?;
        until("the verdict", async || {
            let seen = self.ask(&self.admin, Method::GET, &path, &Value::Null).await?.expect(200)?;
            Ok((seen["checked_at"] != before["checked_at"] && !seen["checked_at"].is_null()).then_some(seen))
        })
        .await
    }

    async fn seen(&self, ticket: &str, is_it: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let path = format!("/tickets/{ticket}");
        let mut last = Value::Null;
        let found = until("the ticket's state", async || {
            last = self.ask(&self.requester, Method::GET, &path, &Value::Null).await?.expect(200)?;
            Ok(is_it(&last).then(|| last.clone()))
        })
        .await;
        found.with_context(|| last.to_string())
    }

    /// Asks until somebody answers.
    async fn ask(&self, who: &Person, method: Method, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let key = Uuid::new_v4().to_string();
        until("an answer", async || {
            let mut request = who.request(method.clone(), path);
            if method == Method::POST && !path.ends_with("/preview") {
                request = request.header("Idempotency-Key", &key);
            }
            let request = if body.is_null() { request } else { request.json(body) };
            Ok(send(request).await.ok().filter(|answer| answer.status != StatusCode::SERVICE_UNAVAILABLE))
        })
        .await
    }
}
