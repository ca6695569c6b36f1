//! Notifications and events, written with the change that they tell of.

use diesel::sql_types::{Array, Jsonb, Text, Uuid as SqlUuid};
use diesel::{insert_into, prelude::*, sql_query};
use serde_json::{Value, json};
use shepherd_domain::ids::{TicketId, WorkspaceId};
use shepherd_domain::policy::Permission;
use uuid::Uuid;

use crate::error::Result;
use crate::schema::events;
use crate::tickets::Ticket;
use crate::tx::Tx;
use crate::visible::roles_with;

/// Why a person is told of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    ApprovalPending,
    ApprovalReminder,
    TicketApproved,
    TicketRejected,
    TicketExpired,
    TicketSucceeded,
    TicketFailed,
    TicketParked,
    TicketNeedsOperator,
}

impl NoticeKind {
    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApprovalPending => "APPROVAL_PENDING",
            Self::ApprovalReminder => "APPROVAL_REMINDER",
            Self::TicketApproved => "TICKET_APPROVED",
            Self::TicketRejected => "TICKET_REJECTED",
            Self::TicketExpired => "TICKET_EXPIRED",
            Self::TicketSucceeded => "TICKET_SUCCEEDED",
            Self::TicketFailed => "TICKET_FAILED",
            Self::TicketParked => "TICKET_PARKED",
            Self::TicketNeedsOperator => "TICKET_NEEDS_OPERATOR",
        }
    }
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Tx {
    /// People whose roles carry `permission` in a workspace.
    pub(crate) async fn holders(&mut self, permission: Permission, workspace: WorkspaceId) -> Result<Vec<Uuid>> {
        let query = sql_query(
            "select distinct p.id from role_bindings b join principals p on p.tenant_id = b.tenant_id and p.id = b.principal_id \
             where b.tenant_id = $1 and p.enabled and b.role = any($3) and (b.workspace_id is null or b.workspace_id = $2)",
        )
        .bind::<SqlUuid, _>(self.ctx().tenant.0)
        .bind::<SqlUuid, _>(workspace.0)
        .bind::<Array<Text>, _>(roles_with(permission));
        Ok(self.fetch::<Vec<Holder>, _, _>(query).await?.into_iter().map(|row| row.id).collect())
    }

    /// Queues a notification to those who can end the run, and to the requester.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn notify_operators(&mut self, ticket: &Ticket, kind: NoticeKind) -> Result<()> {
        let mut recipients = self.holders(Permission::ExecutionAbandon, WorkspaceId(ticket.workspace_id)).await?;
        if !recipients.contains(&ticket.requester_id) {
            recipients.push(ticket.requester_id);
        }
        self.notify(recipients, kind, TicketId(ticket.id), json!({"vm_name": ticket.vm_name}));
        Ok(())
    }

    /// Queues one notification for each recipient.
    pub(crate) fn notify(&mut self, recipients: Vec<Uuid>, kind: NoticeKind, ticket: TicketId, params: Value) {
        let ids: Vec<Uuid> = recipients.iter().map(|_| Uuid::now_v7()).collect();
        // Arrays keep the statement's text the same for any number of recipients.
        self.write(
            sql_query(
                "insert into notifications (tenant_id, id, recipient_id, kind, ticket_id, params) \
                 select $1, n.id, n.recipient, $4, $5, $6 from unnest($2, $3) as n (id, recipient)",
            )
            .bind::<SqlUuid, _>(self.ctx().tenant.0)
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<Array<SqlUuid>, _>(recipients)
            .bind::<Text, _>(kind.as_str())
            .bind::<SqlUuid, _>(ticket.0)
            .bind::<Jsonb, _>(params),
        );
    }

    /// Queues an event for the streams of those who may see `resource`; they are woken after the commit.
    pub(crate) fn event(
        &mut self,
        kind: &'static str,
        resource: Uuid,
        workspace: Option<WorkspaceId>,
        principal: Option<Uuid>,
        state: &'static str,
    ) {
        self.write(insert_into(events::table).values((
            events::tenant_id.eq(self.ctx().tenant.0),
            events::kind.eq(kind),
            events::resource_id.eq(resource),
            events::workspace_id.eq(workspace.map(|id| id.0)),
            events::principal_id.eq(principal),
            events::state.eq(state),
        )));
        self.wake_streams();
    }
}
