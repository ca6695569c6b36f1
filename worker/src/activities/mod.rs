//! What workflows ask for. Each is safe to run twice; the definitions name the effect keys.

mod cluster;
mod disturbed;
mod effects;
mod implementations;
mod records;
mod step;

use shepherd_domain::ids::{RequestId, TenantId, TicketId};
use shepherd_store::{Ctx, Run, Store};
use shepherd_workflows::activities::TicketRef;
use std::time::Duration;
use temporalio_client::Client;
use temporalio_sdk::activities::ActivityContext;
use uuid::Uuid;

use crate::clusters::Clusters;

pub(crate) use step::BEAT;

/// State shared by all activities.
pub(crate) struct Worker {
    pub(crate) store: Store,
    pub(crate) clusters: Clusters,
    pub(crate) client: Client,
    pub(crate) ready_timeout: Duration,
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
