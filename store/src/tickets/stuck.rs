//! Steps of runs under way, for those who operate: what runs, what fails, what takes too long.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;
use shepherd_domain::ids::WorkspaceId;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::step::{StepName, StepState};
use uuid::Uuid;

use super::view::LAST_REQUEST;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::Resource;
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::visible::{roles_with, within};

/// Which steps; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct StepFilter {
    pub states: Vec<StepState>,
    pub workspace: Option<WorkspaceId>,
    pub overdue: Option<bool>,
}

/// A step that is not done, with the ticket it belongs to.
#[derive(Clone, Debug, QueryableByName)]
pub struct OpenStep {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub workspace_id: Uuid,
    #[diesel(sql_type = Text)]
    pub vm_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub run_state: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub cluster: Option<String>,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Int4)]
    pub attempt: i32,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub fault: Option<Value>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_try_at: Option<DateTime<Utc>>,
    /// When it should have been done.
    #[diesel(sql_type = Timestamptz)]
    pub deadline_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub overdue: bool,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Store {
    /// Steps that run, are tried again or have failed, of tickets under way: overdue ones first, then the oldest.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn steps_list(&self, ctx: &Ctx, filter: &StepFilter, page: PageQuery) -> Result<Page<OpenStep>> {
        let states = if filter.states.is_empty() { &StepState::OPEN[..] } else { &filter.states };
        let matching = format!(
            "from (select s.*, t.workspace_id, t.vm_name, t.run_state, c.name as cluster, \
                 s.started_at + make_interval(secs => l.seconds) as deadline_at, \
                 s.state <> 'FAILED' and s.started_at + make_interval(secs => l.seconds) < now() as overdue \
               from tickets t join ticket_steps s on s.tenant_id = t.tenant_id and s.ticket_id = t.id \
               join unnest($5, $6) as l (name, seconds) on l.name = s.name \
               {LAST_REQUEST} left join clusters c on c.id = r.cluster_id \
               where t.tenant_id = $1 and t.state = 'EXECUTING' and s.state = any($4) and {} \
                 and ($7::uuid is null or t.workspace_id = $7)) o \
             where $8::boolean is null or o.overdue = $8",
            within("t.workspace_id", 3)
        );
        let bound = |text: String| {
            sql_query(text)
                .bind::<SqlUuid, _>(ctx.tenant.0)
                .bind::<SqlUuid, _>(ctx.session())
                .bind::<Array<Text>, _>(roles_with(Permission::ExecutionRead))
                .bind::<Array<Text>, _>(states.iter().map(|state| state.as_str()).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(StepName::ALL.map(StepName::as_str).to_vec())
                .bind::<Array<BigInt>, _>(StepName::ALL.map(StepName::deadline_seconds).to_vec())
                .bind::<Nullable<SqlUuid>, _>(filter.workspace.map(|id| id.0))
                .bind::<Nullable<Bool>, _>(filter.overdue)
        };
        let order = if page.descending { "desc" } else { "" };
        let rows = bound(format!(
            "select o.* {matching} order by o.overdue desc, o.started_at {order}, o.ticket_id, o.position limit $9 offset $10"
        ))
        .bind::<BigInt, _>(page.per_page)
        .bind::<BigInt, _>(page.offset());
        let counted = bound(format!("select count(*) as number {matching}"));
        let (actor, (items, counted)): (_, (Vec<OpenStep>, Vec<Counted>)) =
            self.read(ctx, All((rows, counted))).await?;
        let scope = filter.workspace.map_or(Scope::Any, Scope::Workspace);
        self.allow(ctx, &actor, Permission::ExecutionRead, scope, Resource::new("step", "", "")).await?;
        Ok(Page { items, total: counted.first().map_or(0, |row| row.number) })
    }
}
