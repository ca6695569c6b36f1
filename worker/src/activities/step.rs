//! The frame around every effect: intent, heartbeat, effect, outcome.

use serde_json::{Value, json};
use shepherd_domain::fault::{Fault, FaultCode};
use shepherd_domain::ids::ClusterId;
use shepherd_domain::step::StepName;
use shepherd_faults::crash_point;
use shepherd_store::tickets::{SeenVm, StepBegin, StepOutcome, StepTry, Work};
use shepherd_workflows::HEARTBEAT;
use shepherd_workflows::activities::TicketRef;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use tracing::warn;

use super::records::failure;
use super::{Worker, context, id};
use crate::provider::{Lease, Provider};

/// Well under the heartbeat time-out of the definitions. The SDK sends a beat at once, or when the one before it is
/// that old ([`crate::app`]).
pub(crate) const BEAT: Duration = Duration::from_secs(2);
/// A step changes nothing when its last beat is older than that. Until then Temporal has not given it to another: the
/// last beat that was sent is at most one older than the last one, and one more is left for the call itself.
pub(super) const LEASE: Duration = HEARTBEAT.saturating_sub(BEAT).saturating_sub(BEAT);
/// The retry policy's first and longest pause; what people are shown as the next try.
const FIRST_RETRY: u64 = 1;
const LONGEST_RETRY: u64 = 300;

const SILENT: &str = "this worker was silent for too long";

/// What an effect did.
pub(super) struct Done {
    pub(super) detail: Value,
    pub(super) vm: Option<SeenVm>,
}

/// What an effect works with.
pub(super) struct Step<'a> {
    pub(super) worker: &'a Worker,
    pub(super) activity: &'a ActivityContext,
    pub(super) work: Work,
    pub(super) provider: Arc<dyn Provider>,
}

impl Step<'_> {
    /// Whether another ticket has a VM in the namespace, or is about to.
    pub(super) async fn namespace_shared(&self, ticket: TicketRef) -> Result<bool, Fault> {
        self.worker.store.namespace_shared(&context(self.activity, ticket), id(ticket)).await.map_err(unreadable)
    }

    /// Whether another ticket's undo is removing the namespace.
    pub(super) async fn namespace_leaving(&self, ticket: TicketRef) -> Result<bool, Fault> {
        self.worker.store.namespace_leaving(&context(self.activity, ticket), id(ticket)).await.map_err(unreadable)
    }
}

fn unreadable(error: shepherd_store::Error) -> Fault {
    Fault::new(FaultCode::ClusterUnhealthy, error.to_string())
}

/// Runs one try of a step: notes the intent, does it while the heart beats, notes the outcome.
///
/// # Errors
/// The fault, permanent or not; cancellation.
pub(super) async fn run<F>(
    worker: &Worker,
    activity: &ActivityContext,
    ticket: TicketRef,
    name: StepName,
    effect: F,
) -> Result<(), ActivityError>
where
    F: AsyncFnOnce(&Step<'_>) -> Result<Done, Fault>,
{
    let ctx = context(activity, ticket);
    let this = this_try(activity)?;
    let lease = Lease::new(LEASE);
    let begun = worker.store.step_begin(&ctx, id(ticket), name, &this).await.map_err(|error| {
        warn!(step = name.as_str(), this.attempt, ticket_id = %ticket.ticket_id, %error, "step not begun");
        failure(error)
    })?;
    if begun == StepBegin::Overtaken {
        return Err(overtaken(name, &this, ticket, "a later try or the undo has begun, or the run has ended"));
    }
    crash_point!("step {}: intent noted", name.as_str());
    let work = match worker.store.ticket_work(&ctx, id(ticket)).await {
        Err(_) if lease.is_lost() => return Err(overtaken(name, &this, ticket, SILENT)),
        work => work.map_err(failure)?,
    };
    let outcome = match worker.clusters.provider(&ctx, ClusterId(work.cluster_id)).await {
        Err(fault) => Err(fault),
        Ok((_, provider)) => {
            let step = Step { worker, activity, work, provider };
            alive(activity, &lease, name, lease.over(effect(&step))).await?
        }
    };
    if outcome.is_err() && lease.is_lost() {
        return Err(overtaken(name, &this, ticket, SILENT));
    }
    crash_point!("step {}: effect done", name.as_str());
    let (noted, result) = match outcome {
        Ok(done) => (StepOutcome::Done { detail: done.detail, vm: done.vm }, Ok(())),
        Err(fault) => (noted(&fault, activity.info().attempt), Err(fault)),
    };
    worker.store.step_end(&ctx, id(ticket), name, &this, noted).await.map_err(failure)?;
    metrics::counter!("shepherd_steps_total", "step" => name.as_str(), "done" => result.is_ok().to_string())
        .increment(1);
    result.map_err(|fault| {
        let (code, permanent, wait) = (fault.code.as_str().to_owned(), !fault.retryable, fault.retry_after);
        let failure =
            ApplicationFailure::builder(anyhow::Error::msg(fault.message)).type_name(code).non_retryable(permanent);
        ActivityError::application(failure.maybe_next_retry_delay(wait).build())
    })
}

/// Does the work of a step while the heart beats.
async fn alive<T>(
    activity: &ActivityContext,
    lease: &Lease,
    name: StepName,
    work: impl Future<Output = T>,
) -> Result<T, ActivityError> {
    let mut work = pin!(work);
    // Waiting is what thousands do at once, and nothing is written in it.
    let every = if name == StepName::AwaitVmReady { BEAT * 2 } else { BEAT };
    tokio::select! {
        done = &mut work => Ok(done),
        // Waiting has no effect and can be dropped.
        () = beat(activity, every, lease) => match name {
            StepName::AwaitVmReady => Err(ActivityError::cancelled()),
            // A call in flight may still take effect: the undo must come after it.
            _ => tokio::select! { done = &mut work => Ok(done), never = beat_on(activity, lease) => match never {} },
        },
    }
}

fn overtaken(name: StepName, this: &StepTry, ticket: TicketRef, why: &'static str) -> ActivityError {
    warn!(step = name.as_str(), this.attempt, ticket_id = %ticket.ticket_id, why, "step overtaken");
    retryable("STEP_OVERTAKEN", why)
}

/// Which try this is, in Temporal's words.
fn this_try(activity: &ActivityContext) -> Result<StepTry, ActivityError> {
    let info = activity.info();
    let missing = || retryable("INTERNAL_ERROR", "an activity without a run or a time");
    Ok(StepTry {
        run_id: info.workflow_run_id.clone().ok_or_else(missing)?,
        activity_id: info.activity_id.clone(),
        attempt: i32::try_from(info.attempt).unwrap_or(i32::MAX),
        scheduled_at: info.current_attempt_scheduled_time.ok_or_else(missing)?.into(),
    })
}

fn retryable(code: &str, message: &'static str) -> ActivityError {
    let failure = ApplicationFailure::builder(anyhow::Error::msg(message)).type_name(code.to_owned());
    ActivityError::application(failure.build())
}

fn noted(fault: &Fault, attempt: u32) -> StepOutcome {
    let shown = json!({"code": fault.code.as_str(), "message": fault.message, "retryable": fault.retryable});
    if !fault.retryable {
        return StepOutcome::Failed { fault: shown };
    }
    let doubled = FIRST_RETRY.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(LONGEST_RETRY);
    let seconds = fault.retry_after.map_or(doubled, |wait| wait.as_secs());
    StepOutcome::Retrying { fault: shown, next_try_seconds: i32::try_from(seconds).unwrap_or(i32::MAX) }
}

/// Beats although the activity is cancelled, while a call in flight comes to its end.
async fn beat_on(activity: &ActivityContext, lease: &Lease) -> Infallible {
    loop {
        tokio::time::sleep(BEAT).await;
        lease.renew();
        let _ = activity.record_heartbeat(()).await;
    }
}

/// Beats until the activity is cancelled. A worker that dies stops beating, and another takes over.
pub(super) async fn beat(activity: &ActivityContext, every: Duration, lease: &Lease) {
    loop {
        tokio::select! {
            () = activity.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        lease.renew();
        // Only an encoding error is possible, and there is nothing to encode.
        let _ = activity.record_heartbeat(()).await;
    }
}
