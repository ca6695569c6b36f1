//! What is asked of the product while it dies, and what must be true afterwards.

use serde_json::{Value, json};
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World, until};
use std::ops::RangeInclusive;

use super::walker::Walker;

/// A way through the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    Success,
    Rejection,
    Cancellation,
    Expiry,
    Undo,
    Abandonment,
    /// An undo that is refused, and waits for an operator.
    Refusal,
    /// A run that Temporal lost, and that the net starts again.
    Loss,
    Check,
}

impl Road {
    pub const ALL: [Self; 9] = [
        Self::Success,
        Self::Rejection,
        Self::Cancellation,
        Self::Expiry,
        Self::Undo,
        Self::Abandonment,
        Self::Refusal,
        Self::Loss,
        Self::Check,
    ];

    /// Whether a product is spent by one walk: what an operator must look at stands in the way of the next.
    pub fn spends(self) -> bool {
        self == Self::Refusal
    }

    /// How many machines are made on it, though none need stay.
    fn may_make(self) -> RangeInclusive<usize> {
        match self {
            Self::Success | Self::Loss => 1..=1,
            Self::Undo | Self::Abandonment => 0..=1,
            _ => 0..=0,
        }
    }

    /// A product on which the road can be walked.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub async fn world(self) -> anyhow::Result<World> {
        let seconds = if self == Self::Expiry { "3" } else { "600" };
        let world = World::with(&[("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", seconds.to_owned())]).await?;
        let behaviour = match self {
            Self::Undo => Some("image_pull_failure"),
            Self::Refusal => Some("reject"),
            Self::Abandonment => Some("never_ready"),
            _ => None,
        };
        if let Some(behaviour) = behaviour {
            Kubernetes::of_run().await?.behave(&world.namespace_name, behaviour).await?;
        }
        if self == Self::Refusal {
            let message = "namespaces is forbidden: User \"worker\" cannot delete resource \"namespaces\"";
            let refusal = json!({"kind": "status", "status": 403, "reason": "Forbidden", "message": message});
            let matching = json!({"verb": "delete", "resource": "namespaces", "name": world.namespace_name});
            Gateway::of_run()?.fault(matching, refusal, None).await?;
        }
        Ok(world)
    }

    /// Walks it to its end. Answers what it was about.
    ///
    /// # Errors
    /// When an answer or a state does not come.
    pub async fn walk(self, walker: &Walker) -> anyhow::Result<Value> {
        if self == Self::Check {
            return walker.check().await;
        }
        let ticket = walker.submit().await?;
        match self {
            Self::Success | Self::Undo => walker.approve(&ticket).await?,
            Self::Refusal => {
                walker.approve(&ticket).await?;
                return walker.needs_operator(&ticket).await;
            }
            Self::Loss => {
                walker.lose_run(&ticket).await?;
                walker.approve(&ticket).await?;
            }
            Self::Rejection => walker.decide(&walker.approver, &ticket, "reject", &json!({"reason": "no"})).await?,
            Self::Cancellation => walker.decide(&walker.requester, &ticket, "cancel", &json!({})).await?,
            Self::Abandonment => {
                walker.approve(&ticket).await?;
                walker.waits_for_ready(&ticket).await?;
                walker.decide(&walker.requester, &ticket, "abandon", &json!({"reason": "no more"})).await?;
            }
            Self::Expiry | Self::Check => {}
        }
        walker.ended(&ticket).await
    }

    /// What must be true at the end, whoever died on the way.
    ///
    /// # Errors
    /// When it is not, or not in time.
    pub async fn verify(self, world: &World, end: &Value) -> anyhow::Result<()> {
        if self == Self::Check {
            anyhow::ensure!(end["status"] == "HEALTHY", "{end}");
            return Ok(());
        }
        let ticket = end["id"].as_str().unwrap_or_default();
        let (state, vms, acts) = match self {
            Self::Success => {
                ("SUCCESS", 1, &["approval.approve", "execution.start", "vm.create", "execution.success"][..])
            }
            Self::Loss => ("SUCCESS", 1, &["execution.restart", "approval.approve", "execution.success"][..]),
            Self::Refusal => ("EXECUTING", 0, &["approval.approve", "execution.undo", "execution.needs_operator"][..]),
            Self::Rejection => ("REJECTED", 0, &["approval.reject"][..]),
            Self::Cancellation => ("CANCELLED", 0, &["approval.cancel"][..]),
            Self::Expiry => ("EXPIRED", 0, &["approval.remind", "approval.expire"][..]),
            Self::Undo => {
                ("FAILED", 0, &["approval.approve", "execution.start", "execution.undo", "execution.failure"][..])
            }
            _ => ("FAILED", 0, &["approval.approve", "execution.abandon", "execution.undo", "execution.failure"][..]),
        };
        anyhow::ensure!(end["state"] == state, "{end}");
        told_once(world, ticket, acts).await?;
        let cluster = Kubernetes::of_run().await?;
        until("what is left in the cluster", async || {
            let mut here = cluster.of_ticket(ticket).await?;
            // What the cluster did not let go of is still there.
            here.retain(|object| self != Self::Refusal || !object.starts_with("Namespace "));
            let machines = here.iter().filter(|object| object.starts_with("VirtualMachine ")).count();
            Ok((machines == vms && (vms == 1 || here.is_empty())).then_some(()))
        })
        .await?;
        let made = Gateway::of_run()?.journal(&format!("ticket={ticket}&resource=virtualmachines&verb=create")).await?;
        let made = made.iter().filter(|call| call["status"] == 201).count();
        anyhow::ensure!(self.may_make().contains(&made), "{made} machines were made");
        announced(world, ticket).await?;
        if self == Self::Refusal { Ok(()) } else { nothing_is_under_way(world).await }
    }
}

/// Each of these acts, and the request, is in the audit once.
async fn told_once(world: &World, ticket: &str, acts: &[&str]) -> anyhow::Result<()> {
    let story = world.story(ticket).await?;
    for act in ["vm.request"].iter().chain(acts) {
        let times = story.iter().filter(|told| told.starts_with(&format!("{act}:"))).count();
        anyhow::ensure!(times == 1, "{act} {times} times: {story:?}");
    }
    Ok(())
}

/// The audit has an intent for each step that has a row, and for each that ended by itself its outcome.
async fn announced(world: &World, ticket: &str) -> anyhow::Result<()> {
    let told = |state: &str| {
        format!(
            "exists (select from audit_leaves a where a.resource_id = s.ticket_id::text and a.action = 'execution.step' \
             and a.details->>'step' = s.name and a.details->>'state' = {state})"
        )
    };
    let (intent, outcome) = (told("'RUNNING'"), told("s.state"));
    let silent = format!(
        "select s.name, s.state from ticket_steps s where s.ticket_id = $1::text::uuid \
         and (not {intent} or s.state = 'DONE' and not {outcome})"
    );
    let silent = world.sql().await?.query(&silent, &[&ticket]).await?;
    anyhow::ensure!(silent.is_empty(), "steps without a record: {silent:?}");
    Ok(())
}

/// Orders are delivered and no row still waits.
async fn nothing_is_under_way(world: &World) -> anyhow::Result<()> {
    let sql = world.sql().await?;
    let open = "select (select count(*) from outbox where sent_at is null) \
        + (select count(*) from tickets where state in ('PENDING', 'APPROVED', 'EXECUTING'))";
    until("rest", async || Ok((sql.query_one(open, &[]).await?.get::<_, i64>(0) == 0).then_some(()))).await
}
