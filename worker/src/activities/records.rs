//! Database steps of a run.

use serde_json::json;
use shepherd_domain::ticket::RunState;
use shepherd_store::tickets::{Claim, Expiry, Finish, RunEnd};
use shepherd_store::{Ctx, Error};
use shepherd_workflows::activities::{Claimed, Expired, FinishTicket, Finished, TicketFault, TicketRef};
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::ActivityError;

use super::{Worker, id};

type Result<T> = std::result::Result<T, ActivityError>;

pub(super) async fn claim(worker: &Worker, ctx: &Ctx, ticket: TicketRef) -> Result<Claimed> {
    match worker.store.ticket_claim(ctx, id(ticket)).await.map_err(failure)? {
        Claim::Pending => Ok(Claimed::Pending),
        Claim::Finished(state) => Ok(Claimed::Finished { state }),
        Claim::Execute => {
            let work = worker.store.ticket_work(ctx, id(ticket)).await.map_err(failure)?;
            Ok(Claimed::Execute { cluster_id: work.cluster_id })
        }
    }
}

pub(super) async fn expire(worker: &Worker, ctx: &Ctx, ticket: TicketRef) -> Result<Expired> {
    match worker.store.ticket_expire(ctx, id(ticket)).await.map_err(failure)? {
        Expiry::Expired | Expiry::Decided(_) => Ok(Expired::Settled),
        Expiry::NotYet(seconds) => Ok(Expired::NotYet { seconds }),
    }
}

pub(super) async fn remind(worker: &Worker, ctx: &Ctx, ticket: TicketRef) -> Result<()> {
    worker.store.ticket_remind(ctx, id(ticket)).await.map_err(failure)
}

pub(super) async fn undoing(worker: &Worker, ctx: &Ctx, note: TicketFault) -> Result<()> {
    let fault = Some(json!(note.fault));
    worker.store.ticket_run_state(ctx, id(note.ticket), RunState::Undoing, fault).await.map_err(failure)
}

pub(super) async fn needs_operator(worker: &Worker, ctx: &Ctx, note: TicketFault) -> Result<()> {
    let fault = Some(json!(note.fault));
    worker.store.ticket_run_state(ctx, id(note.ticket), RunState::NeedsOperator, fault).await.map_err(failure)
}

pub(super) async fn finish(worker: &Worker, ctx: &Ctx, finish: FinishTicket) -> Result<Finished> {
    let outcome = match finish.fault {
        None => Finish::Success,
        Some(fault) => Finish::Failed(json!(fault)),
    };
    match worker.store.ticket_finish(ctx, id(finish.ticket), outcome).await.map_err(failure)? {
        RunEnd::Ended => Ok(Finished::Ended),
        RunEnd::Abandoned => Ok(Finished::Abandoned),
    }
}

/// A rule's "no" is final; everything else may go by itself.
pub(super) fn failure(error: Error) -> ActivityError {
    let code = error.code().map_or("DEPENDENCY_UNAVAILABLE", |code| code.as_str()).to_owned();
    let permanent = error.code().is_some();
    ActivityError::application(ApplicationFailure::builder(error).type_name(code).non_retryable(permanent).build())
}
