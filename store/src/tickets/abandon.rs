//! Abandoning a run: it is taken back and the ticket fails.

use diesel::prelude::*;
use diesel::update;
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::TicketId;
use shepherd_domain::policy::Permission;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::orders::{OrderKind, ticket_workflow};
use crate::schema::tickets;

impl Store {
    /// Orders the run of a ticket to be taken back; by its requester or an SRE.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `STATE_CONFLICT` when there is no run, or it was abandoned before.
    pub async fn ticket_abandon(&self, ctx: &Ctx, id: TicketId, reason: String) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let ticket = tx.one(find(ctx, id).select(Ticket::as_select())).await?;
        let actor = tx.actor()?.clone();
        let ticket: Ticket = ticket
            .filter(|t: &Ticket| t.requester_id == actor.principal.0 || actor.allows(Permission::TicketRead, t.scope()))
            .ok_or_else(|| Refusal::not_found("ticket"))?;
        let leaf = ticket.leaf(Action::ExecutionAbandon, json!({"reason": reason}));
        if ticket.requester_id != actor.principal.0 {
            tx.allow(Permission::ExecutionAbandon, ticket.scope(), leaf.clone()).await?;
        }
        let running = find(ctx, id)
            .filter(tickets::state.eq_any(["APPROVED", "EXECUTING"]))
            .filter(tickets::abandoned_at.is_null());
        let abandoned: Option<Uuid> = tx
            .one(
                update(running)
                    .set((tickets::abandoned_by.eq(actor.principal.0), tickets::abandoned_at.eq(diesel::dsl::now)))
                    .returning(tickets::id),
            )
            .await?;
        if abandoned.is_none() {
            let params = json!({"state": ticket.state, "abandoned": ticket.abandoned_at.is_some()});
            return Err(tx.refuse(Refusal::new(Code::StateConflict).with(params), leaf).await);
        }
        tx.order(Uuid::now_v7(), ticket_workflow(id), OrderKind::TicketAbandoned, json!({"ticket_id": id}));
        tx.made(id.0);
        tx.commit(leaf).await
    }
}
