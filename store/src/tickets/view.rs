//! One ticket with its decision, its steps and what the caller may do to it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use serde_json::Value;
use shepherd_domain::Refusal;
use shepherd_domain::ids::TicketId;
use shepherd_domain::policy::Permission;
use uuid::Uuid;

use super::rules::{AllowedAction, allowed_actions, sees};
use super::{ApprovalRequest, Ticket, find, requests};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pipeline::All;
use crate::schema::{approval_requests, ticket_steps};
use crate::visible::roles_with;

/// A step as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ticket_steps)]
pub struct Step {
    pub name: String,
    pub state: String,
    pub attempt: i32,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub failing_since: Option<DateTime<Utc>>,
    pub fault: Option<Value>,
    pub next_try_at: Option<DateTime<Utc>>,
    pub detail: Value,
}

/// Names behind the ids of a ticket.
#[derive(Clone, Debug, QueryableByName)]
pub struct Names {
    #[diesel(sql_type = Text)]
    pub requester: String,
    #[diesel(sql_type = Text)]
    pub system: String,
    #[diesel(sql_type = Text)]
    pub service: String,
    #[diesel(sql_type = Text)]
    pub namespace: String,
    #[diesel(sql_type = Text)]
    pub environment: String,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Text)]
    pub instance_size: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub decided_by: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub cluster: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub vm_id: Option<Uuid>,
}

/// Somebody who can decide on a ticket.
#[derive(Clone, Debug, QueryableByName)]
pub struct Approver {
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How many there are.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// Columns of [`Names`], from [`LAST_REQUEST`] and [`NAMED`].
pub(super) const NAMES: &str = "q.display_name as requester, y.name as system, s.name as service, n.name as namespace, \
    n.environment, m.name as template, z.name as instance_size, d.display_name as decided_by, c.name as cluster, v.id as vm_id";
/// Size of the root disk, as [`approved_disk_gib`](shepherd_domain::placement::approved_disk_gib) has it; null where the
/// boot source brings its own. From [`LAST_REQUEST`] and [`NAMED`].
pub(super) const DISK_GIB: &str = "\
    case when coalesce(r.template_snapshot, m.spec) #>> '{boot_source,kind}' <> 'container_disk' then \
      coalesce((r.modified_spec ->> 'disk_gib')::integer, t.disk_gib, \
        (coalesce(r.size_snapshot, z.spec) #>> '{disk,default_gib}')::integer) end";
/// The request `r` that counts, of the ticket `t`.
pub(super) const LAST_REQUEST: &str = "join lateral (select * from approval_requests r \
    where r.tenant_id = t.tenant_id and r.ticket_id = t.id order by r.created_at desc limit 1) r on true";
/// What a ticket `t` and its request `r` name.
pub(super) const NAMED: &str = "\
    join principals q on q.tenant_id = t.tenant_id and q.id = t.requester_id \
    join systems y on y.tenant_id = t.tenant_id and y.id = t.system_id \
    join services s on s.tenant_id = t.tenant_id and s.id = t.service_id \
    join namespaces n on n.tenant_id = t.tenant_id and n.id = t.namespace_id \
    join templates m on m.id = t.template_id \
    join instance_sizes z on z.id = t.instance_size_id \
    left join principals d on d.tenant_id = r.tenant_id and d.id = r.decided_by \
    left join clusters c on c.id = r.cluster_id \
    left join vms v on v.tenant_id = t.tenant_id and v.ticket_id = t.id";

/// Everything about one ticket.
#[derive(Clone, Debug)]
pub struct TicketView {
    pub ticket: Ticket,
    pub names: Names,
    pub request: ApprovalRequest,
    pub steps: Vec<Step>,
    /// Some of those who can decide, by name, while it is pending.
    pub approvers: Vec<Approver>,
    pub allowed_actions: Vec<AllowedAction>,
}

impl Store {
    /// One ticket.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a ticket that the caller may not see.
    pub async fn ticket_view(&self, ctx: &Ctx, id: TicketId) -> Result<TicketView> {
        let request =
            requests(ctx, id).select(ApprovalRequest::as_select()).order(approval_requests::created_at.desc()).limit(1);
        let steps = ticket_steps::table
            .filter(ticket_steps::tenant_id.eq(ctx.tenant.0).and(ticket_steps::ticket_id.eq(id.0)))
            .select(Step::as_select())
            .order(ticket_steps::position.asc());
        let names = sql_query(format!(
            "select {NAMES} from tickets t {LAST_REQUEST} {NAMED} where t.tenant_id = $1 and t.id = $2"
        ))
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let approvers = sql_query(
            "select p.display_name as name, count(*) over () as total \
             from tickets t join principals p on p.tenant_id = t.tenant_id and p.enabled \
               and t.requester_id not in (p.id, p.created_by) \
             left join local_credentials c on c.tenant_id = p.tenant_id and c.principal_id = p.id \
             where t.tenant_id = $1 and t.id = $2 and t.state = 'PENDING' and c.reset_by is distinct from t.requester_id \
               and exists (select from role_bindings b where b.tenant_id = p.tenant_id and b.principal_id = p.id \
                           and b.role = any($3) and b.granted_by <> t.requester_id \
                           and (b.workspace_id is null or b.workspace_id = t.workspace_id)) \
             order by p.display_name, p.id limit 20",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<Array<Text>, _>(roles_with(Permission::ApprovalDecide));
        type Rows = (Vec<Ticket>, Vec<ApprovalRequest>, Vec<Step>, Vec<Names>, Vec<Approver>);
        let batch = All((find(ctx, id).select(Ticket::as_select()), request, steps, names, approvers));
        let (actor, (ticket, request, steps, names, approvers)): (_, Rows) = self.read(ctx, batch).await?;
        let missing = || Refusal::not_found("ticket");
        let ticket = ticket.into_iter().next().filter(|ticket| sees(&actor, ticket)).ok_or_else(missing)?;
        let request = request.into_iter().next().ok_or_else(missing)?;
        let names = names.into_iter().next().ok_or_else(missing)?;
        let allowed_actions = allowed_actions(&actor, &ticket);
        Ok(TicketView { ticket, names, request, steps, approvers, allowed_actions })
    }
}
