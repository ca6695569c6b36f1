//! Expiry: the same conditional update as a decision, so exactly one of the two wins.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Double, Text, Uuid as SqlUuid};
use diesel::update;
use serde_json::json;
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{SYSTEM_PRINCIPAL, TicketId, WorkspaceId};
use uuid::Uuid;

use super::approve::DecidedRow;
use super::decide::waits_no_longer;
use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notices::NoticeKind;
use crate::pipeline::All;
use crate::schema::tickets;

/// What an attempt to expire found.
#[derive(Clone, Debug, PartialEq)]
pub enum Expiry {
    /// The ticket is expired now, or was before.
    Expired,
    /// Somebody decided first; the ticket's state.
    Decided(String),
    /// The deadline is still to come, in this many seconds.
    NotYet(f64),
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Double)]
    seconds: f64,
}

impl Store {
    /// Expires a ticket whose deadline has passed. Safe to repeat.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown ticket.
    pub async fn ticket_expire(&self, ctx: &Ctx, id: TicketId) -> Result<Expiry> {
        let mut tx = self.tx(ctx).await?;
        let due = sql_query(
            "select t.state, coalesce(extract(epoch from r.expires_at - statement_timestamp()), 0)::float8 as seconds \
             from tickets t left join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id \
               and r.state = 'PENDING' where t.tenant_id = $1 and t.id = $2",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let moved = update(find(ctx, id).filter(tickets::state.eq("PENDING")))
            .set((tickets::state.eq("EXPIRED"), tickets::finished_at.eq(diesel::dsl::now)))
            .returning(Ticket::as_returning());
        let request = sql_query(
            "update approval_requests set state = 'EXPIRED', decided_by = $3, decided_at = now() \
             where tenant_id = $1 and ticket_id = $2 and state = 'PENDING' and expires_at <= statement_timestamp() \
             returning id",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<SqlUuid, _>(SYSTEM_PRINCIPAL.0);
        let (due, moved, request): (Vec<Due>, Vec<Ticket>, Vec<DecidedRow>) =
            tx.fetch(All((due, moved, request))).await?;
        let due = due.into_iter().next().ok_or_else(|| Refusal::not_found("ticket"))?;
        let (Some(ticket), Some(_)) = (moved.first(), request.first()) else {
            // Dropping the transaction takes a half-done change back.
            return Ok(match due.state.as_str() {
                "PENDING" => Expiry::NotYet(due.seconds.max(0.0)),
                "EXPIRED" => Expiry::Expired,
                _ => Expiry::Decided(due.state),
            });
        };
        waits_no_longer(&mut tx, id);
        let leaf = ticket.leaf(Action::ApprovalExpire, json!({}));
        let params = json!({"vm_name": ticket.vm_name});
        tx.notify(vec![ticket.requester_id], NoticeKind::TicketExpired, id, params);
        let workspace = Some(WorkspaceId(ticket.workspace_id));
        tx.event("ticket", id.0, workspace, Some::<Uuid>(ticket.requester_id), "EXPIRED");
        tx.commit(leaf).await?;
        Ok(Expiry::Expired)
    }
}
