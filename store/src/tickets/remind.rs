//! Reminding the approvers of a request that nobody has decided, once.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::TicketId;
use shepherd_domain::policy::Permission;
use uuid::Uuid;

use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notices::NoticeKind;
use crate::pipeline::All;
use crate::schema::tickets;
use crate::visible::roles_with;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Store {
    /// Reminds every approver who was not reminded yet. Safe to repeat.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ticket_remind(&self, ctx: &Ctx, id: TicketId) -> Result<()> {
        let deciders = roles_with(Permission::ApprovalDecide);
        let mut tx = self.tx(ctx).await?;
        let ticket = find(ctx, id).filter(tickets::state.eq("PENDING")).select(Ticket::as_select()).for_update();
        let approvers = sql_query(
            "select distinct p.id from tickets t \
             join role_bindings b on b.tenant_id = t.tenant_id and (b.workspace_id is null or b.workspace_id = t.workspace_id) \
             join principals p on p.tenant_id = b.tenant_id and p.id = b.principal_id \
             where t.tenant_id = $1 and t.id = $2 and p.enabled and p.id <> t.requester_id and b.role = any($3) \
               and not exists (select from notifications n where n.tenant_id = t.tenant_id and n.ticket_id = t.id \
                                 and n.recipient_id = p.id and n.kind = 'APPROVAL_REMINDER')",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<Array<Text>, _>(deciders);
        let (ticket, approvers): (Vec<Ticket>, Vec<Id>) = tx.fetch(All((ticket, approvers))).await?;
        let Some(ticket) = ticket.into_iter().next().filter(|_| !approvers.is_empty()) else { return Ok(()) };
        let recipients: Vec<Uuid> = approvers.into_iter().map(|row| row.id).collect();
        let leaf = ticket.leaf(Action::ApprovalRemind, json!({"recipients": recipients}));
        tx.notify(recipients, NoticeKind::ApprovalReminder, id, json!({"vm_name": ticket.vm_name}));
        tx.commit(leaf).await
    }
}
