//! The definitions of `workflows`, each handed to the file that does it.
#![expect(dead_code, reason = "the macro also makes constants for callers, who use the definitions")]

use shepherd_workflows::activities::{
    CheckCluster, Claimed, Expired, FinishTicket, Finished, Reconciled, TicketFault, TicketRef, definitions,
};
use std::sync::Arc;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};

use super::{Worker, cluster, context, disturbed, effects, records};

#[activities]
impl Worker {
    #[activity(definition = definitions::ClaimTicket)]
    async fn claim_ticket(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<Claimed, ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { records::claim(&self, &context(&ctx, ticket), ticket).await })
            .await
    }

    #[activity(definition = definitions::ExpireTicket)]
    async fn expire_ticket(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<Expired, ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            records::expire(&self, &context(&ctx, ticket), ticket).await
        })
        .await
    }

    #[activity(definition = definitions::RemindApprovers)]
    async fn remind_approvers(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            records::remind(&self, &context(&ctx, ticket), ticket).await
        })
        .await
    }

    #[activity(definition = definitions::NoteUndoing)]
    async fn note_undoing(self: Arc<Self>, ctx: ActivityContext, note: TicketFault) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            records::undoing(&self, &context(&ctx, note.ticket), note.clone()).await
        })
        .await
    }

    #[activity(definition = definitions::NoteNeedsOperator)]
    async fn note_needs_operator(
        self: Arc<Self>,
        ctx: ActivityContext,
        note: TicketFault,
    ) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            records::needs_operator(&self, &context(&ctx, note.ticket), note.clone()).await
        })
        .await
    }

    #[activity(definition = definitions::FinishTicket)]
    async fn finish_ticket(
        self: Arc<Self>,
        ctx: ActivityContext,
        finish: FinishTicket,
    ) -> Result<Finished, ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            records::finish(&self, &context(&ctx, finish.ticket), finish.clone()).await
        })
        .await
    }

    #[activity(definition = definitions::EnsureNamespace)]
    async fn ensure_namespace(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { effects::ensure_namespace(&self, &ctx, ticket).await }).await
    }

    #[activity(definition = definitions::ApplyVm)]
    async fn apply_vm(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { effects::apply_vm(&self, &ctx, ticket).await }).await
    }

    #[activity(definition = definitions::AwaitVmReady)]
    async fn await_vm_ready(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { effects::await_vm_ready(&self, &ctx, ticket).await }).await
    }

    #[activity(definition = definitions::RemoveVm)]
    async fn remove_vm(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { effects::remove_vm(&self, &ctx, ticket).await }).await
    }

    #[activity(definition = definitions::RemoveNamespace)]
    async fn remove_namespace(self: Arc<Self>, ctx: ActivityContext, ticket: TicketRef) -> Result<(), ActivityError> {
        disturbed::execute(&self.client, &ctx, || async { effects::remove_namespace(&self, &ctx, ticket).await }).await
    }

    #[activity(definition = definitions::CheckCluster)]
    async fn check_cluster(
        self: Arc<Self>,
        ctx: ActivityContext,
        check: CheckCluster,
    ) -> Result<String, ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            cluster::beating(&ctx, cluster::check(&self, &ctx, check)).await
        })
        .await
    }

    #[activity(definition = definitions::ReconcileTickets)]
    async fn reconcile_tickets(self: Arc<Self>, ctx: ActivityContext, _round: ()) -> Result<Reconciled, ActivityError> {
        disturbed::execute(&self.client, &ctx, || async {
            cluster::beating(&ctx, cluster::reconcile(&self, &ctx)).await
        })
        .await
    }
}
