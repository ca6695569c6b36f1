//! The net under relay and runs: a Temporal Schedule starts one round every five minutes.

use std::time::Duration;
use temporalio_common::error::ApplicationFailure;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowResult};

use crate::activities::{Activities, Reconciled};
use crate::options::effect;

/// Longest try of a round.
const ROUND: Duration = Duration::from_secs(240);

/// One round over all unfinished tickets.
#[workflow]
#[derive(Default)]
pub struct Reconcile;

#[workflow_methods]
impl Reconcile {
    #[run(name = "Reconcile")]
    pub async fn run(ctx: &mut WorkflowContext<Self>, _round: ()) -> WorkflowResult<Reconciled> {
        let options = effect(ROUND, "compare tickets with their runs".to_owned(), ctx.cancellation_token());
        let done = ctx.execute_activity(Activities::reconcile_tickets, (), options).await;
        done.map_err(|_| ApplicationFailure::non_retryable("the round could not be finished").into())
    }
}
