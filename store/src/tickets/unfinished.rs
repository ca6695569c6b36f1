//! Tickets that still need a run, for the net under relay and workflows.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{TenantId, TicketId};
use uuid::Uuid;

use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::orders::{OrderKind, ticket_workflow};
use crate::pipeline::All;
use crate::schema::tenants;

/// A ticket without an end.
#[derive(Clone, Debug, QueryableByName)]
pub struct Unfinished {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Whether an order for its workflow is still to be delivered; then nothing is missing yet.
    #[diesel(sql_type = Bool)]
    pub ordered: bool,
}

#[derive(QueryableByName)]
struct Again {
    #[diesel(sql_type = SqlUuid)]
    workspace_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    requester_id: Uuid,
    #[diesel(sql_type = Text)]
    environment: String,
    #[diesel(sql_type = Nullable<diesel::sql_types::Int8>)]
    seconds: Option<i64>,
}

impl Store {
    /// Every tenant.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tenants(&self, ctx: &Ctx) -> Result<Vec<TenantId>> {
        let (_, ids): (_, Vec<Uuid>) = self.read(ctx, tenants::table.select(tenants::id)).await?;
        Ok(ids.into_iter().map(TenantId).collect())
    }

    /// Unfinished tickets of the tenant that have stood for a minute, the oldest first, after `after`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tickets_unfinished(&self, ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<Unfinished>> {
        let query = sql_query(
            "select t.id, t.state, exists (select from outbox o where o.subject = 'ticket-' || t.id and o.sent_at is null) as ordered \
             from tickets t where t.tenant_id = $1 and t.id > $2 and t.state in ('PENDING', 'APPROVED', 'EXECUTING') \
               and t.updated_at < now() - interval '1 minute' order by t.id limit $3",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(after)
        .bind::<diesel::sql_types::BigInt, _>(limit);
        Ok(self.read(ctx, query).await?.1)
    }

    /// Orders the workflow of a ticket to be started again, and woken if the request is decided.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn ticket_restart(&self, ctx: &Ctx, id: TicketId) -> Result<()> {
        let again = sql_query(
            "select t.workspace_id, t.requester_id, n.environment, \
               greatest(1, ceil(extract(epoch from r.expires_at - now())))::int8 as seconds \
             from tickets t join namespaces n on n.tenant_id = t.tenant_id and n.id = t.namespace_id \
             left join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id and r.state = 'PENDING' \
             where t.tenant_id = $1 and t.id = $2",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let mut tx = self.tx(ctx).await?;
        let batch = All((find(ctx, id).select(Ticket::as_select()).for_update(), again));
        let (ticket, again): (Vec<Ticket>, Vec<Again>) = tx.fetch(batch).await?;
        let missing = || Refusal::not_found("ticket");
        let ticket = ticket.into_iter().next().ok_or_else(missing)?;
        let again = again.into_iter().next().ok_or_else(missing)?;
        let payload = json!({
            "ticket_id": id, "timeout_seconds": again.seconds.unwrap_or(1), "workspace_id": again.workspace_id,
            "requester_id": again.requester_id, "environment": again.environment, "vm_name": ticket.vm_name,
        });
        tx.order(Uuid::now_v7(), ticket_workflow(id), OrderKind::TicketStart, payload);
        if ticket.state != "PENDING" {
            let decided = Uuid::now_v7();
            tx.order(
                decided,
                ticket_workflow(id),
                OrderKind::TicketDecided,
                json!({"ticket_id": id, "decision_id": decided}),
            );
        }
        if ticket.abandoned_at.is_some() {
            tx.order(Uuid::now_v7(), ticket_workflow(id), OrderKind::TicketAbandoned, json!({"ticket_id": id}));
        }
        tx.commit(ticket.leaf(Action::ExecutionRestart, json!({"state": ticket.state}))).await
    }
}
