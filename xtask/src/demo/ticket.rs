//! One request from its submission to a VM that runs, with what happened on the way.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::catalogue::Wish;
use crate::client::{Client, field};
use crate::progress::Phase;
use crate::secret;

const BOUND: Duration = Duration::from_secs(300);
const REASON: &str = "A first machine for the web shop";
const POLL: Duration = Duration::from_millis(100);

pub struct People {
    pub requester: Client,
    pub approver: Client,
    pub auditor: Client,
}

/// A ticket as its requester sees it.
pub struct Ticket(Value);

/// What driving a ticket came to.
pub struct Driven {
    pub ticket: Value,
    pub vm: Value,
    /// Actions of the audit that concern the ticket, oldest first.
    pub audit: Vec<String>,
    pub body: Value,
    pub decision: Value,
    /// Filed and decided here, not taken up on its way.
    pub ours: bool,
    pub seconds: f64,
    /// The server's own counters, before and after the submission.
    pub metrics: (String, String),
}

impl Ticket {
    pub fn is_over(&self) -> bool {
        !["PENDING", "APPROVED", "EXECUTING"].contains(&self.state())
    }

    /// Whether it is the demonstration's request, which a killed run may have left half-way.
    pub fn is_for(&self, wish: &Wish) -> bool {
        self.0["namespace_id"] == wish.namespace_id && self.0["reason"] == REASON
    }

    fn state(&self) -> &str {
        self.0["state"].as_str().unwrap_or_default()
    }

    fn id(&self) -> Result<String> {
        field(&self.0, "id")
    }
}

/// The newest request of this person.
pub fn latest(requester: &Client) -> Result<Option<Ticket>> {
    let list = requester.get("/tickets?per_page=1")?;
    Ok(list["items"].as_array().and_then(|items| items.first()).cloned().map(Ticket))
}

/// Files a request, or takes up an unfinished one, and brings it to its end.
pub fn drive(people: &People, wish: &Wish, cluster: &str, unfinished: Option<Ticket>, phase: &Phase) -> Result<Driven> {
    let since = Instant::now();
    let body = json!({
        "service_id": wish.service_id,
        "namespace_id": wish.namespace_id,
        "template_id": wish.template_id,
        "instance_size_id": wish.instance_size_id,
        "reason": REASON,
    });
    let before = people.requester.text("/metrics")?;
    let ours = unfinished.is_none();
    let ticket = match unfinished {
        Some(ticket) => ticket,
        None => Ticket(people.requester.post_once("/tickets", &secret::token(16)?, &body)?),
    };
    let after = people.requester.text("/metrics")?;
    let id = ticket.id()?;
    let decision = if ticket.state() == "PENDING" { approve(&people.approver, &id, cluster)? } else { Value::Null };
    let ticket = wait(&people.requester, &id, phase)?;
    let seconds = since.elapsed().as_secs_f64();
    let vm = vm_of(&people.requester, &ticket)?;
    let audit = story(&people.auditor, &id)?;
    Ok(Driven { ticket, vm, audit, body, decision, ours, seconds, metrics: (before, after) })
}

/// Looks at what would be made, then decides on exactly that.
fn approve(approver: &Client, id: &str, cluster: &str) -> Result<Value> {
    let preview = approver.post(&format!("/tickets/{id}/preview"), &json!({"cluster_id": cluster}))?;
    let decision = json!({"cluster_id": cluster, "digest": field(&preview, "digest")?});
    approver.post_once(&format!("/tickets/{id}/approve"), &secret::token(16)?, &decision)?;
    Ok(decision)
}

fn wait(requester: &Client, id: &str, phase: &Phase) -> Result<Value> {
    let deadline = Instant::now() + BOUND;
    loop {
        let ticket = Ticket(requester.get(&format!("/tickets/{id}"))?);
        if ticket.is_over() {
            return Ok(ticket.0);
        }
        phase.doing(ticket.state());
        if Instant::now() > deadline {
            bail!("ticket {id} is not over after {BOUND:?}: {}", ticket.0);
        }
        thread::sleep(POLL);
    }
}

fn vm_of(requester: &Client, ticket: &Value) -> Result<Value> {
    match ticket["vm_id"].as_str() {
        Some(id) => requester.get(&format!("/vms/{id}")),
        None => Ok(Value::Null),
    }
}

/// The audit's entries about this ticket; they come newest first.
fn story(auditor: &Client, id: &str) -> Result<Vec<String>> {
    let list = auditor.get(&format!("/audit?resource_type=ticket&resource_id={id}&per_page=100"))?;
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let actions = items.iter().rev().filter_map(|item| item["action"].as_str());
    Ok(actions.map(str::to_owned).collect())
}
