//! Tickets: submission, decision, run.

mod abandon;
mod approve;
mod decide;
mod expire;
mod list;
mod namespace;
mod place;
mod remind;
mod rules;
mod run;
mod step;
mod stuck;
mod submit;
mod summary;
mod unfinished;
mod view;

pub use approve::{Approval, Approved};
pub use decide::Decided;
pub use expire::Expiry;
pub use list::{TicketCursor, TicketFilter, TicketRow, TicketSort};
pub use place::{Choice, Preview};
pub use rules::AllowedAction;
pub use run::{Claim, Finish, RunEnd, Work};
pub use step::{SeenVm, StepBegin, StepOutcome, StepTry};
pub use stuck::{OpenStep, StepFilter};
pub use submit::Submission;
pub use summary::{Bucket, TicketSummary};
pub use unfinished::Unfinished;
pub use view::{Approver, Names, Step, TicketView};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{TicketId, WorkspaceId};
use shepherd_domain::policy::Scope;
use uuid::Uuid;

use crate::ctx::Ctx;
use crate::leaf::{Leaf, Resource};
use crate::schema::{approval_requests, tickets};

/// A ticket as it is stored.
#[derive(Clone, Debug, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = tickets)]
pub struct Ticket {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub system_id: Uuid,
    pub service_id: Uuid,
    pub namespace_id: Uuid,
    pub template_id: Uuid,
    pub instance_size_id: Uuid,
    pub requester_id: Uuid,
    pub reason: String,
    pub instance: i64,
    pub vm_name: String,
    /// None where the template has no disk to size.
    pub disk_gib: Option<i32>,
    pub state: String,
    pub run_state: Option<String>,
    pub fault: Option<Value>,
    pub abandoned_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A decision, pending or taken, as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = approval_requests)]
pub struct ApprovalRequest {
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub state: String,
    pub expires_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_reason: Option<String>,
    pub cluster_id: Option<Uuid>,
    pub template_id: Option<Uuid>,
    pub storage_class: Option<String>,
    pub modified_spec: Option<Value>,
    pub modification_reason: Option<String>,
    pub template_snapshot: Option<Value>,
    pub size_snapshot: Option<Value>,
    pub manifest: Option<Value>,
    pub digest: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl Ticket {
    pub(crate) fn scope(&self) -> Scope {
        Scope::Workspace(WorkspaceId(self.workspace_id))
    }

    pub(crate) fn leaf(&self, action: Action, details: Value) -> Leaf {
        Leaf::new(action, Resource::new("ticket", self.id, &self.vm_name), details)
            .workspace(WorkspaceId(self.workspace_id))
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn find(ctx: &Ctx, id: TicketId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    tickets::table.filter(tickets::tenant_id.eq(tenant).and(tickets::id.eq(id)))
}

/// Requests of a ticket; at most one is pending.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn requests(ctx: &Ctx, id: TicketId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    approval_requests::table.filter(approval_requests::tenant_id.eq(tenant).and(approval_requests::ticket_id.eq(id)))
}
