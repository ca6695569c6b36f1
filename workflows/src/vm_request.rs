//! The life of one ticket: wait for the decision, then namespace, VM, ready; or take it all back.
//!
//! The row in PostgreSQL decides; an update that arrives here is a hint to read it again. Each undo is registered
//! before its step runs, because a step that failed may have taken effect.

use futures_util::future::FusedFuture;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use temporalio_common::error::{ApplicationFailure, IncomingError};
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{
    ActivityExecutionError, SyncWorkflowContext, TimerOptions, WorkflowCancellationToken, WorkflowContext,
    WorkflowContextView, WorkflowResult, WorkflowTermination, select,
};
use uuid::Uuid;

use crate::activities::{Activities, Claimed, Expired, FinishTicket, Finished, RunFault, TicketFault, TicketRef};
use crate::attributes::{CLUSTER_ID, TICKET_STATE};
use crate::options::{database, database_detached, effect};

/// Longest try of a step that only calls the cluster.
const CALL: Duration = Duration::from_secs(120);
/// Longest try of the wait for ready; the step's own deadline is shorter.
const READY: Duration = Duration::from_secs(2 * 3600);
/// Pause between tries of an undo that was refused.
const OPERATOR: Duration = Duration::from_secs(300);

/// What the workflow of a ticket starts with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct VmRequestInput {
    #[serde(flatten)]
    pub ticket: TicketRef,
    /// How long the request waits for a decision.
    pub timeout_seconds: u64,
}

/// One per ticket, id `ticket-<id>`.
#[workflow]
pub struct VmRequest {
    input: VmRequestInput,
    decided: bool,
    abandoned: bool,
    reminded: bool,
}

#[workflow_methods]
impl VmRequest {
    #[init]
    fn new(_: &WorkflowContextView, input: VmRequestInput) -> Self {
        Self { input, decided: false, abandoned: false, reminded: false }
    }

    /// Ends with the ticket's final state; a run that was taken back ends as a failure with its code.
    #[run(name = "VmRequest")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<String> {
        let ticket = ctx.state(|s| s.input.ticket);
        let cluster = loop {
            wait_for_decision(ctx).await?;
            // Before the row is read: a hint that comes while it is read is not lost.
            ctx.state_mut(|s| s.decided = false);
            match claim(ctx, ticket).await? {
                Claimed::Execute { cluster_id } => break cluster_id,
                Claimed::Finished { state } => {
                    ctx.upsert_search_attributes([TICKET_STATE.value_set(state.clone())]);
                    return Ok(state);
                }
                // The hint was early, or somebody else's; the row says that nobody has decided.
                Claimed::Pending => {}
            }
        };
        ctx.upsert_search_attributes([
            TICKET_STATE.value_set("EXECUTING".to_owned()),
            CLUSTER_ID.value_set(cluster.to_string()),
        ]);
        execute(ctx, ticket).await
    }

    /// The request was decided. The row says how.
    #[update(name = "decided")]
    pub fn decided(&mut self, _: &mut SyncWorkflowContext<Self>, _decision: Uuid) {
        self.decided = true;
    }

    /// The run is to be taken back.
    #[update(name = "abandoned")]
    pub fn abandoned(&mut self, _: &mut SyncWorkflowContext<Self>, _order: Uuid) {
        self.abandoned = true;
    }
}

type Ctx = WorkflowContext<VmRequest>;

/// Returns when there is something to read: a decision, or a deadline that has passed.
async fn wait_for_decision(ctx: &mut Ctx) -> WorkflowResult<()> {
    let VmRequestInput { ticket, timeout_seconds } = ctx.state(|s| s.input);
    let half = Duration::from_secs(timeout_seconds) / 2;
    if ctx.state(|s| !s.reminded) {
        ctx.state_mut(|s| s.reminded = true);
        if decided_within(ctx, half, "reminds the approvers of the undecided request").await? {
            return Ok(());
        }
        local(
            ctx.execute_local_activity(Activities::remind_approvers, ticket, database("remind the approvers")).await,
        )?;
    }
    let mut left = half;
    while !decided_within(ctx, left, "expires the undecided request").await? {
        let expired = ctx.execute_local_activity(Activities::expire_ticket, ticket, database("expire the request"));
        match local(expired.await)? {
            Expired::Settled => return Ok(()),
            // The database's clock is the one that counts.
            Expired::NotYet { seconds } => left = Duration::from_secs_f64(seconds.max(0.05)),
        }
    }
    Ok(())
}

async fn decided_within(ctx: &mut Ctx, time: Duration, summary: &str) -> WorkflowResult<bool> {
    let token = ctx.cancellation_token().child_token();
    let waiting = ctx.clone();
    let mut timer =
        ctx.timer(TimerOptions::builder(time).cancellation_token(token.clone()).summary(summary.to_owned()).build());
    let decided = select! {
        decided = waiting.wait_condition(|s: &VmRequest| s.decided) => { decided?; true }
        _ = timer => false,
    };
    if decided {
        // Dropping the future does not cancel the timer.
        token.cancel_with_reason("decided");
    }
    Ok(decided)
}

async fn claim(ctx: &mut Ctx, ticket: TicketRef) -> WorkflowResult<Claimed> {
    local(ctx.execute_local_activity(Activities::claim_ticket, ticket, database("read the decision")).await)
}

/// An undo, registered before its step.
#[derive(Clone, Copy)]
enum Undo {
    RemoveNamespace,
    RemoveVm,
}

async fn execute(ctx: &mut Ctx, ticket: TicketRef) -> WorkflowResult<String> {
    let token = ctx.cancellation_token().child_token();
    let mut undo = Vec::new();
    let mut fault = forward(ctx, ticket, &token, &mut undo).await.err();
    if fault.is_none() && finish(ctx, ticket, None).await? == Finished::Abandoned {
        // The order to abandon is still on its way, or came after the last step.
        fault = Some(abandonment());
    }
    let Some(fault) = fault else {
        ctx.upsert_search_attributes([TICKET_STATE.value_set("SUCCESS".to_owned())]);
        return Ok("SUCCESS".to_owned());
    };
    take_back(ctx, ticket, &fault, undo).await?;
    finish(ctx, ticket, Some(fault.clone())).await?;
    ctx.upsert_search_attributes([TICKET_STATE.value_set("FAILED".to_owned())]);
    Err(failure(fault).into())
}

/// Ends the ticket in the row, which has the last word.
async fn finish(ctx: &mut Ctx, ticket: TicketRef, fault: Option<RunFault>) -> WorkflowResult<Finished> {
    let finish = FinishTicket { ticket, fault };
    local(ctx.execute_local_activity(Activities::finish_ticket, finish, database_detached("end the ticket")).await)
}

fn abandonment() -> RunFault {
    RunFault { code: "ABANDONED".to_owned(), message: "the run was abandoned".to_owned() }
}

async fn forward(
    ctx: &mut Ctx,
    ticket: TicketRef,
    token: &WorkflowCancellationToken,
    undo: &mut Vec<Undo>,
) -> Result<(), RunFault> {
    undo.push(Undo::RemoveNamespace);
    let options = effect(CALL, "make sure that the namespace exists".to_owned(), token.clone());
    unless_abandoned(ctx, token, ctx.execute_activity(Activities::ensure_namespace, ticket, options)).await?;
    undo.push(Undo::RemoveVm);
    let options = effect(CALL, "apply the approved VM".to_owned(), token.clone());
    unless_abandoned(ctx, token, ctx.execute_activity(Activities::apply_vm, ticket, options)).await?;
    let options = effect(READY, "wait until the VM is ready".to_owned(), token.clone());
    unless_abandoned(ctx, token, ctx.execute_activity(Activities::await_vm_ready, ticket, options)).await
}

/// Waits for a step, or cancels it when the run is abandoned and waits for its end.
async fn unless_abandoned(
    ctx: &Ctx,
    token: &WorkflowCancellationToken,
    step: impl FusedFuture<Output = Result<(), ActivityExecutionError>>,
) -> Result<(), RunFault> {
    let mut step = Box::pin(step);
    let ended = select! {
        ended = step => Some(ended),
        _ = ctx.wait_condition(|s: &VmRequest| s.abandoned) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            token.cancel_with_reason("abandoned");
            step.await
        }
    };
    if ctx.state(|s| s.abandoned) {
        return Err(abandonment());
    }
    ended.map_err(|error| fault(&error))
}

/// Takes back what was done, last first. An undo that is refused waits for a person and is tried again.
async fn take_back(ctx: &mut Ctx, ticket: TicketRef, fault: &RunFault, undo: Vec<Undo>) -> WorkflowResult<()> {
    let note = TicketFault { ticket, fault: fault.clone() };
    local(ctx.execute_local_activity(Activities::note_undoing, note, database_detached("note the undo")).await)?;
    for undo in undo.into_iter().rev() {
        while let Err(refused) = undo_once(ctx, ticket, undo).await {
            let note = TicketFault { ticket, fault: refused };
            let noted = ctx.execute_local_activity(
                Activities::note_needs_operator,
                note,
                database_detached("call an operator"),
            );
            local(noted.await)?;
            let summary = "tries the refused undo again".to_owned();
            let token = WorkflowCancellationToken::new();
            ctx.timer(TimerOptions::builder(OPERATOR).cancellation_token(token).summary(summary).build()).await;
        }
    }
    Ok(())
}

async fn undo_once(ctx: &mut Ctx, ticket: TicketRef, undo: Undo) -> Result<(), RunFault> {
    // A token of its own: the run's may be cancelled.
    let token = WorkflowCancellationToken::new();
    let done = match undo {
        Undo::RemoveVm => {
            let options = effect(CALL * 2, "remove the VM".to_owned(), token);
            ctx.execute_activity(Activities::remove_vm, ticket, options).await
        }
        Undo::RemoveNamespace => {
            let options = effect(CALL, "remove the namespace if we made it".to_owned(), token);
            ctx.execute_activity(Activities::remove_namespace, ticket, options).await
        }
    };
    done.map_err(|error| fault(&error))
}

/// The cause of a failed activity, restated: an activity's error that leaves a workflow as it is loses its words
/// when failures are encoded.
fn fault(error: &ActivityExecutionError) -> RunFault {
    match error.reason() {
        Some(IncomingError::Application(cause)) => RunFault {
            code: cause.type_name().unwrap_or("INTERNAL_ERROR").to_owned(),
            message: cause.source_error().to_string(),
        },
        // Only an operator cancels in Temporal; abandonment is told apart before.
        None if matches!(error, ActivityExecutionError::Cancelled(_)) => {
            RunFault { code: "WORKFLOW_CANCELLED".to_owned(), message: "the run was cancelled in Temporal".to_owned() }
        }
        _ => RunFault { code: "INTERNAL_ERROR".to_owned(), message: error.to_string() },
    }
}

fn failure(fault: RunFault) -> ApplicationFailure {
    let message: Box<dyn std::error::Error + Send + Sync> = fault.message.into();
    ApplicationFailure::builder(message).type_name(fault.code).non_retryable(true).build()
}

/// A database step only fails for good when its ticket is gone.
fn local<T>(result: Result<T, ActivityExecutionError>) -> WorkflowResult<T> {
    result.map_err(|error| WorkflowTermination::from(failure(fault(&error))))
}
