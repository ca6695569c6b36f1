//! What workflows ask for. Each is safe to run twice; the definitions name the effect keys.

mod cluster;
mod effects;
mod records;
mod step;

use shepherd_domain::ids::{RequestId, TenantId, TicketId};
use shepherd_store::{Ctx, Run, Store};
use shepherd_workflows::activities::{
    CheckCluster, Claimed, Expired, FinishTicket, Reconciled, TicketFault, TicketRef, definitions,
};
use std::sync::Arc;
use std::time::Duration;
use temporalio_client::Client;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use uuid::Uuid;

use crate::clusters::Clusters;

/// State shared by all activities.
pub(crate) struct Worker {
    pub(crate) store: Store,
    pub(crate) clusters: Clusters,
    pub(crate) client: Client,
    pub(crate) ready_timeout: Duration,
}

#[activities]
impl Worker {
    #[activity(definition = definitions::ClaimTicket)]
    async fn claim_ticket(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<Claimed, ActivityError> {
        records::claim(&self, &context(&ctx, ticket), ticket).await
    }

    #[activity(definition = definitions::ExpireTicket)]
    async fn expire_ticket(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<Expired, ActivityError> {
        records::expire(&self, &context(&ctx, ticket), ticket).await
    }

    #[activity(definition = definitions::RemindApprovers)]
    async fn remind_approvers(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        records::remind(&self, &context(&ctx, ticket), ticket).await
    }

    #[activity(definition = definitions::NoteUndoing)]
    async fn note_undoing(self: Arc<Self>, ctx: ActivityContext, note: TicketFault) -> Result<(), ActivityError> {
        records::undoing(&self, &context(&ctx, note.ticket), note).await
    }

    #[activity(definition = definitions::NoteNeedsOperator)]
    async fn note_needs_operator(
        self: Arc<Self>,
        ctx: ActivityContext,
        note: TicketFault,
    ) -> Result<(), ActivityError> {
        records::needs_operator(&self, &context(&ctx, note.ticket), note).await
    }

    #[activity(definition = definitions::FinishTicket)]
    async fn finish_ticket(self: Arc<Self>, ctx: ActivityContext, finish: FinishTicket) -> Result<(), ActivityError> {
        records::finish(&self, &context(&ctx, finish.ticket), finish).await
    }

    #[activity(definition = definitions::EnsureNamespace)]
    async fn ensure_namespace(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        effects::ensure_namespace(&self, &ctx, ticket).await
    }

    #[activity(definition = definitions::ApplyVm)]
    async fn apply_vm(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        effects::apply_vm(&self, &ctx, ticket).await
    }

    #[activity(definition = definitions::AwaitVmReady)]
    async fn await_vm_ready(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        effects::await_vm_ready(&self, &ctx, ticket).await
    }

    #[activity(definition = definitions::RemoveVm)]
    async fn remove_vm(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        effects::remove_vm(&self, &ctx, ticket).await
    }

    #[activity(definition = definitions::RemoveNamespace)]
    async fn remove_namespace(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        effects::remove_namespace(&self, &ctx, ticket).await
    }

    #[activity(definition = definitions::CheckCluster)]
    async fn check_cluster(
        self: Arc<Self>,
        ctx: ActivityContext,
        check: CheckCluster,
    ) -> Result<String, ActivityError> {
        cluster::check(&self, &ctx, check).await
    }

    #[activity(definition = definitions::ReconcileTickets)]
    async fn reconcile_tickets(self: Arc<Self>, ctx: ActivityContext, _round: ()) -> Result<Reconciled, ActivityError> {
        cluster::reconcile(&self, &ctx).await
    }
}

/// Context of the store for an activity about a ticket.
fn context(ctx: &ActivityContext, ticket: TicketRef) -> Ctx {
    system(ctx, TenantId(ticket.tenant_id))
}

fn system(ctx: &ActivityContext, tenant: TenantId) -> Ctx {
    let run = Run { workflow_id: ctx.info().workflow_id.clone(), run_id: ctx.info().workflow_run_id.clone() };
    Ctx::system(tenant, RequestId(Uuid::now_v7()), run)
}

fn id(ticket: TicketRef) -> TicketId {
    TicketId(ticket.ticket_id)
}
