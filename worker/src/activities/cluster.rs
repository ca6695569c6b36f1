//! Checks of clusters, and the net under all runs.

use serde_json::json;
use shepherd_domain::fault::FaultCode;
use shepherd_domain::ids::{ClusterId, TenantId, TicketId};
use shepherd_domain::placement::ClusterStatus;
use shepherd_store::tickets::{Finish, Unfinished};
use shepherd_store::{Ctx, ticket_workflow};
use shepherd_workflows::VmRequest;
use shepherd_workflows::activities::{CheckCluster, Reconciled};
use temporalio_client::WorkflowExecutionStatus;
use temporalio_client::errors::WorkflowInteractionError;
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use uuid::Uuid;

use super::records::failure;
use super::step::{BEAT, LEASE, beat};
use super::{Worker, system};
use crate::provider::{ClusterVerdict, Lease};

/// Tickets looked at in one page.
const PAGE: i64 = 200;

/// Does `work` while the heart beats, so that only a dead worker is taken for dead.
pub(super) async fn beating<T>(
    ctx: &ActivityContext,
    work: impl Future<Output = Result<T, ActivityError>>,
) -> Result<T, ActivityError> {
    let lease = Lease::new(LEASE);
    tokio::select! {
        done = lease.over(work) => done,
        () = beat(ctx, BEAT, &lease) => Err(ActivityError::cancelled()),
    }
}

pub(super) async fn check(
    worker: &Worker,
    ctx: &ActivityContext,
    check: CheckCluster,
) -> Result<String, ActivityError> {
    let ctx = system(ctx, TenantId(check.tenant_id));
    let id = ClusterId(check.cluster_id);
    let verdict = match worker.clusters.provider(&ctx, id).await {
        Ok((_, provider)) => provider.check().await,
        // Our own database did not answer, which says nothing about the cluster: the check is tried again.
        Err(fault) if fault.code == FaultCode::ClusterUnhealthy => {
            let failure = ApplicationFailure::builder(anyhow::Error::msg(fault.message));
            return Err(ActivityError::application(failure.type_name(fault.code.as_str().to_owned()).build()));
        }
        Err(fault) => ClusterVerdict { faults: vec![fault], ..ClusterVerdict::default() },
    };
    let status = if verdict.is_healthy() {
        ClusterStatus::Healthy
    } else if verdict.reachable {
        ClusterStatus::Unhealthy
    } else {
        ClusterStatus::Unreachable
    };
    let stored = worker.store.cluster_checked(&ctx, id, check.credential_version, status, json!(verdict)).await;
    stored.map_err(failure)?;
    Ok(status.as_str().to_owned())
}

/// Compares every unfinished ticket with its run. A missing run is started again; one that was ended from outside
/// fails its ticket, because what it had done by then is not known to have been taken back.
pub(super) async fn reconcile(worker: &Worker, ctx: &ActivityContext) -> Result<Reconciled, ActivityError> {
    let root = system(ctx, shepherd_domain::ids::ROOT_TENANT);
    let mut done = Reconciled::default();
    worker.store.orders_sweep().await.map_err(failure)?;
    for tenant in worker.store.tenants(&root).await.map_err(failure)? {
        let ctx = system(ctx, tenant);
        worker.store.keys_sweep(&ctx).await.map_err(failure)?;
        worker.store.sessions_sweep(&ctx).await.map_err(failure)?;
        let mut after = Uuid::nil();
        loop {
            let page = worker.store.tickets_unfinished(&ctx, after, PAGE).await.map_err(failure)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for ticket in page.iter().filter(|ticket| !ticket.ordered) {
                reconcile_one(worker, &ctx, ticket, &mut done).await?;
            }
        }
    }
    Ok(done)
}

async fn reconcile_one(
    worker: &Worker,
    ctx: &Ctx,
    ticket: &Unfinished,
    done: &mut Reconciled,
) -> Result<(), ActivityError> {
    let id = TicketId(ticket.id);
    let run = worker.client.get_workflow_handle::<VmRequest>(ticket_workflow(id)).describe(Default::default()).await;
    match run {
        Err(WorkflowInteractionError::NotFound(_)) => {
            worker.store.ticket_restart(ctx, id).await.map_err(failure)?;
            done.started += 1;
        }
        Err(error) => return Err(error.into()),
        Ok(run) if run.status() == WorkflowExecutionStatus::Running => {}
        // A request whose run is gone can still be decided, and expires here.
        Ok(_) if ticket.state == "PENDING" => {
            worker.store.ticket_expire(ctx, id).await.map_err(failure)?;
        }
        Ok(run) => {
            let message = format!("the workflow ended from outside: {:?}", run.status());
            let fault = json!({"code": "WORKFLOW_TERMINATED_EXTERNALLY", "message": message});
            worker.store.ticket_finish(ctx, id, Finish::Failed(fault)).await.map_err(failure)?;
            done.failed += 1;
        }
    }
    Ok(())
}
