//! One check of one credential of a cluster.

use std::time::Duration;
use temporalio_common::error::ApplicationFailure;
use temporalio_macros::{workflow, workflow_methods};
use temporalio_workflow::{WorkflowContext, WorkflowContextView, WorkflowResult};

use crate::activities::{Activities, CheckCluster};
use crate::options::effect;

/// Longest try of a check.
const CHECK: Duration = Duration::from_secs(60);

/// Id `cluster-check-<cluster>-<order>`; ends with the cluster's status.
#[workflow]
pub struct ClusterCheck {
    check: CheckCluster,
}

#[workflow_methods]
impl ClusterCheck {
    #[init]
    fn new(_: &WorkflowContextView, check: CheckCluster) -> Self {
        Self { check }
    }

    #[run(name = "ClusterCheck")]
    pub async fn run(ctx: &mut WorkflowContext<Self>) -> WorkflowResult<String> {
        let check = ctx.state(|s| s.check);
        let options = effect(CHECK, "look whether the cluster can serve us".to_owned(), ctx.cancellation_token());
        let status = ctx.execute_activity(Activities::check_cluster, check, options).await;
        status.map_err(|_| ApplicationFailure::non_retryable("the cluster could not be checked").into())
    }
}
