//! Rejecting and cancelling, and what a late decision is told.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::update;
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{TicketId, WorkspaceId};
use shepherd_domain::policy::Permission;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use super::approve::DecidedRow;
use super::rules::one_person;
use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::Leaf;
use crate::notices::NoticeKind;
use crate::orders::{OrderKind, ticket_workflow};
use crate::pipeline::All;
use crate::schema::tickets;
use crate::tx::Tx;

/// A decision that ends a ticket without a run.
#[derive(Clone, Debug)]
pub enum Decided {
    /// By an approver, with the reason.
    Rejected(String),
    /// By the requester.
    Cancelled,
}

#[derive(QueryableByName)]
struct Winner {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    decision: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    decided_by: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    decided_by_name: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Store {
    /// Rejects or cancels a pending ticket.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `TWO_PERSON_INTEGRITY` for the rejection of one's own ticket,
    /// `ALREADY_DECIDED` with the winner. Refused attempts are recorded.
    pub async fn ticket_decide(&self, ctx: &Ctx, id: TicketId, decided: Decided) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let ticket = tx.one(find(ctx, id).select(Ticket::as_select())).await?;
        let actor = tx.actor()?.clone();
        let ticket: Ticket = ticket
            .filter(|t: &Ticket| t.requester_id == actor.principal.0 || actor.allows(Permission::TicketRead, t.scope()))
            .ok_or_else(|| Refusal::not_found("ticket"))?;
        let own = ticket.requester_id == actor.principal.0;
        let (state, action, reason) = match &decided {
            Decided::Rejected(reason) => ("REJECTED", Action::ApprovalReject, Some(reason.clone())),
            Decided::Cancelled => ("CANCELLED", Action::ApprovalCancel, None),
        };
        let leaf = ticket.leaf(action, json!({"reason": reason}));
        permit(&mut tx, &decided, &ticket, &leaf).await?;
        let moved = update(find(ctx, id).filter(tickets::state.eq("PENDING")))
            .set((tickets::state.eq(state), tickets::finished_at.eq(diesel::dsl::now)))
            .returning(tickets::id);
        let request = sql_query(
            "update approval_requests set state = $4, decided_by = $3, decided_at = now(), decision_reason = $5 \
             where tenant_id = $1 and ticket_id = $2 and state = 'PENDING' and expires_at > statement_timestamp() \
               and (requester_id = $3) = ($4 = 'CANCELLED') returning id",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<SqlUuid, _>(actor.principal.0)
        .bind::<Text, _>(state)
        .bind::<Nullable<Text>, _>(reason);
        let (moved, request): (Vec<Uuid>, Vec<DecidedRow>) = tx.fetch(All((moved, request))).await?;
        let (Some(_), Some(request)) = (moved.first(), request.first()) else {
            return Err(self.lost(tx, ctx, id, leaf).await);
        };
        order_decided(&mut tx, id, request.id);
        waits_no_longer(&mut tx, id);
        if !own {
            tx.notify(vec![ticket.requester_id], NoticeKind::TicketRejected, id, json!({"vm_name": ticket.vm_name}));
        }
        tx.event("ticket", id.0, Some(WorkspaceId(ticket.workspace_id)), Some(ticket.requester_id), state);
        tx.made(id.0);
        tx.commit(leaf).await
    }

    /// Says who was first, or that the time is over, after a conditional update found nothing.
    pub(super) async fn lost(&self, tx: Tx, ctx: &Ctx, id: TicketId, leaf: Leaf) -> Error {
        drop(tx);
        let winner = sql_query(
            "select t.state, r.state as decision, r.decided_by, p.display_name as decided_by_name, r.decided_at \
             from tickets t join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id \
             left join principals p on p.tenant_id = r.tenant_id and p.id = r.decided_by \
             where t.tenant_id = $1 and t.id = $2 order by r.created_at desc limit 1",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let winner = match self.read::<Vec<Winner>, _, _>(ctx, winner).await {
            Ok((_, rows)) => rows.into_iter().next(),
            Err(error) => return error,
        };
        let Some(winner) = winner else { return Refusal::not_found("ticket").into() };
        // The deadline has passed and the workflow has not yet said so: expiry has won all the same.
        let decision = if winner.decision == "PENDING" { "EXPIRED" } else { &winner.decision };
        let state = if winner.state == "PENDING" { "EXPIRED" } else { &winner.state };
        let params = json!({
            "state": state, "decision": decision, "decided_by": winner.decided_by,
            "decided_by_name": winner.decided_by_name, "decided_at": winner.decided_at,
        });
        self.refuse(ctx, Refusal::new(Code::AlreadyDecided).with(params), leaf).await
    }
}

/// Rejecting is for a second person, cancelling for the one who asked.
///
/// # Errors
/// `PERMISSION_DENIED` and `TWO_PERSON_INTEGRITY`, after the attempt was recorded.
async fn permit(tx: &mut Tx, decided: &Decided, ticket: &Ticket, leaf: &Leaf) -> Result<()> {
    let refusal = match decided {
        Decided::Rejected(_) => {
            tx.allow(Permission::ApprovalDecide, ticket.scope(), leaf.clone()).await?;
            one_person(tx.actor()?, ticket)
        }
        Decided::Cancelled if ticket.requester_id != tx.actor()?.principal.0 => {
            Some(Refusal::new(Code::PermissionDenied).with(json!({"rule": "requester_only"})))
        }
        Decided::Cancelled => None,
    };
    match refusal {
        Some(refusal) => Err(tx.refuse(refusal, leaf.clone()).await),
        None => Ok(()),
    }
}

/// Marks what told approvers that the ticket waits for them as read. A row that its reader is just marking is left to them.
pub(super) fn waits_no_longer(tx: &mut Tx, id: TicketId) {
    let told = sql_query(
        "update notifications set read_at = now() where tenant_id = $1 and id = any(array( \
           select n.id from notifications n where n.tenant_id = $1 and n.ticket_id = $2 and n.read_at is null \
             and n.kind in ('APPROVAL_PENDING', 'APPROVAL_REMINDER') for update skip locked))",
    )
    .bind::<SqlUuid, _>(tx.ctx().tenant.0)
    .bind::<SqlUuid, _>(id.0);
    tx.write(told);
}

/// Tells the ticket's workflow that its request was decided; `decision` is the update's id.
pub(super) fn order_decided(tx: &mut Tx, id: TicketId, decision: Uuid) {
    tx.order(
        Uuid::now_v7(),
        ticket_workflow(id),
        OrderKind::TicketDecided,
        json!({"ticket_id": id, "decision_id": decision}),
    );
}
