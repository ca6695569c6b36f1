//! The load: each story is what a few people do about one request, as real clients would, with keys and repetitions.

use futures_util::future::join_all;
use serde_json::{Value, json};
use shepherd_witness::client::Call;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

use crate::client::{Caller, Question};
use crate::schedule::{Decision, Story};

/// How often a caller who heard nothing tries again, and after which pause.
const TRIES: usize = 6;
const PAUSE: Duration = Duration::from_millis(500);

/// Who plays, and with what.
pub(crate) struct Cast {
    pub(crate) requester: Caller,
    pub(crate) approver: Caller,
    pub(crate) second_approver: Caller,
    pub(crate) cluster: String,
    pub(crate) services: Vec<String>,
    /// A request's body without service and reason.
    pub(crate) request: Value,
    /// A System of another tenant.
    pub(crate) foreign: Uuid,
    /// What was made so far.
    pub(crate) tickets: Mutex<Vec<Uuid>>,
}

impl Cast {
    /// Plays a story to its end.
    pub(crate) async fn play(&self, number: usize, story: Story) -> anyhow::Result<()> {
        sleep(story.at).await;
        let mut body = self.request.clone();
        body["service_id"] = json!(self.services[story.service % self.services.len()]);
        body["reason"] = json!(format!("story {number}"));
        let key = format!("story {number}");
        let Some(ticket) = self.submit(&key, &body, story.copies).await? else { return Ok(()) };
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).push(ticket);
        self.requester.view("ticket_view", Some(ticket)).await?;
        if story.other_body {
            body["reason"] = json!("something else");
            let asked = Question { operation: "ticket_submit", subject: None, key: Some(&key), body: Some(&body) };
            self.requester.ask(asked).await?;
        }
        if story.trespasses {
            for subject in [self.foreign, Uuid::from_u128(0x00de_ad00_0000_7000_8000_0000_0000_0000)] {
                self.requester.view("system_view", Some(subject)).await?;
            }
        }
        sleep(story.thinks).await;
        self.decide(ticket, number, story.decision).await?;
        self.approver.view("ticket_view", Some(ticket)).await?;
        if let Some(after) = story.abandons {
            sleep(after).await;
            let body = json!({"reason": "changed my mind"});
            persist(&self.requester, "ticket_abandon", ticket, &format!("abandon {number}"), Some(&body)).await?;
        }
        sleep(story.thinks).await;
        self.requester.view("ticket_view", Some(ticket)).await.map(drop)
    }

    /// Submits until it is known to be stored or refused.
    async fn submit(&self, key: &str, body: &Value, copies: usize) -> anyhow::Result<Option<Uuid>> {
        let once = || {
            let asked = Question { operation: "ticket_submit", subject: None, key: Some(key), body: Some(body) };
            self.requester.ask(asked)
        };
        for copies in std::iter::once(copies).chain(std::iter::repeat_n(1, TRIES)) {
            let calls = join_all((0..copies).map(|_| once())).await;
            let calls = calls.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
            if let Some(ticket) = calls.iter().find_map(|(call, _)| call.ticket()) {
                return Ok(Some(ticket));
            }
            if !calls.iter().any(|(call, _)| is_worth_another_try(call)) {
                return Ok(None);
            }
            sleep(PAUSE).await;
        }
        Ok(None)
    }

    async fn decide(&self, ticket: Uuid, number: usize, decision: Decision) -> anyhow::Result<()> {
        let key = format!("decision {number}");
        let reason = json!({"reason": "not now"});
        let cancel = persist(&self.requester, "ticket_cancel", ticket, &key, None);
        let reject = persist(&self.second_approver, "ticket_reject", ticket, &key, Some(&reason));
        match decision {
            Decision::Nobody => Ok(()),
            Decision::Approve => self.approve(&self.approver, ticket, &key).await,
            Decision::Reject => reject.await,
            Decision::Cancel => cancel.await,
            Decision::OwnThenApprove => {
                self.approve(&self.requester, ticket, &key).await?;
                self.approve(&self.second_approver, ticket, &key).await
            }
            Decision::Race => {
                let first = self.approve(&self.approver, ticket, &key);
                let second = self.approve(&self.second_approver, ticket, &key);
                let (a, b, c, d) = futures_util::join!(first, second, reject, cancel);
                a.and(b).and(c).and(d)
            }
        }
    }

    /// Looks at what would run and approves it.
    async fn approve(&self, who: &Caller, ticket: Uuid, key: &str) -> anyhow::Result<()> {
        let body = json!({"cluster_id": self.cluster});
        let preview = Question { operation: "ticket_preview", subject: Some(ticket), key: None, body: Some(&body) };
        let (preview, _) = who.ask(preview).await?;
        // Who may not look tries all the same.
        let digest = preview.answer()["digest"].as_str().unwrap_or("sha256:unseen").to_owned();
        let digest = if preview.is_unknown() { return Ok(()) } else { digest };
        let body = json!({"cluster_id": self.cluster, "digest": digest});
        persist(who, "ticket_approve", ticket, key, Some(&body)).await
    }
}

/// Asks until there is an answer that means something.
async fn persist(who: &Caller, operation: &str, ticket: Uuid, key: &str, body: Option<&Value>) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        let (call, _) = who.ask(Question { operation, subject: Some(ticket), key: Some(key), body }).await?;
        if !is_worth_another_try(&call) {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

fn is_worth_another_try(call: &Call) -> bool {
    call.status().is_none_or(|status| matches!(status, 429 | 500 | 503))
}
