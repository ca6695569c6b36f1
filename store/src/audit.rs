//! Reading the audit log, newest first. Reading is itself an act: every page and every export leaves a record.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::{Value, json};
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::ids::{PrincipalId, ROOT_TENANT, TenantId};
use shepherd_domain::policy::{Permission, Role, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};
use crate::page::{Cursor, CursorPage, TOTAL_CAP};
use crate::pipeline::All;
use crate::schema::audit_leaves;
use crate::tx::{Tx, set_config};
use crate::visible::visible;

/// Most records of an export.
pub const EXPORT_CAP: i64 = 100_000;
const EXPORT_PAGE: i64 = 500;
/// Ids carry the writer's clock and `at` the database's; a range of times is sought among ids this much wider.
const CLOCK_SLACK: TimeDelta = TimeDelta::days(1);

/// A record as it is read. With the tenant and without `at` it is what `leaf_hash` was taken over.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_leaves)]
pub struct Record {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub action: String,
    pub outcome: String,
    pub actor_id: Uuid,
    pub actor_name: String,
    pub session_id: Option<Uuid>,
    pub resource_type: String,
    pub resource_id: String,
    pub resource_name: String,
    pub workspace_id: Option<Uuid>,
    pub details: Value,
    pub spec_digest: Option<String>,
    pub workflow_id: Option<String>,
    pub run_id: Option<String>,
    pub request_id: Uuid,
    pub source: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub leaf_hash: Vec<u8>,
}

/// Which records; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub action: Option<String>,
    pub actor: Option<PrincipalId>,
    pub resource_type: Option<String>,
    pub resource_id: Option<String>,
    pub outcome: Option<Outcome>,
    pub request: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    /// First moment that is not wanted any more.
    pub to: Option<DateTime<Utc>>,
    /// The platform's records, which stand under the tenant `root`, instead of those of the caller's tenant.
    pub platform: bool,
}

impl Store {
    /// Records that the caller may see, newest first.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, after the attempt was recorded.
    pub async fn audit_list(
        &self,
        ctx: &Ctx,
        filter: &AuditFilter,
        before: Option<Cursor>,
        per_page: i64,
    ) -> Result<CursorPage<Record>> {
        let matching = || filter.matching(ctx, Permission::AuditRead);
        let counted = matching().select(audit_leaves::id).limit(TOTAL_CAP);
        let mut tx = self.tx(ctx).await?;
        let batch = All((filter.enter(ctx), page(matching(), before, per_page + 1), counted, leave(ctx)));
        let (_, rows, counted, _): (Set, Vec<Record>, Vec<Uuid>, Set) = tx.fetch(batch).await?;
        filter.commit(tx, Permission::AuditRead, Action::AuditRead, json!({})).await?;
        let total = i64::try_from(counted.len()).unwrap_or(TOTAL_CAP);
        Ok(CursorPage::cut(rows, per_page, total, |record: &Record| record.id))
    }

    /// Begins an export: the same records as [`audit_list`](Self::audit_list), the newest [`EXPORT_CAP`] of them.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, after the attempt was recorded.
    pub async fn audit_export(&self, ctx: &Ctx, filter: AuditFilter) -> Result<AuditExport> {
        let matching = || filter.matching(ctx, Permission::AuditExport);
        let rest = matching().select(audit_leaves::id).order(audit_leaves::id.desc()).offset(EXPORT_CAP).limit(1);
        let mut tx = self.tx(ctx).await?;
        let batch = All((filter.enter(ctx), page(matching(), None, EXPORT_PAGE), rest, leave(ctx)));
        let (_, first, rest, _): (Set, Vec<Record>, Vec<Uuid>, Set) = tx.fetch(batch).await?;
        let truncated = !rest.is_empty();
        let details = json!({"truncated": truncated});
        filter.commit(tx, Permission::AuditExport, Action::AuditExport, details).await?;
        let (store, ctx) = (self.clone(), ctx.clone());
        Ok(AuditExport { truncated, store, ctx, filter, first: Some(first), after: None, left: EXPORT_CAP })
    }
}

/// An export under way. It holds one page and, between pages, no connection.
pub struct AuditExport {
    /// Whether older records were left out.
    pub truncated: bool,
    store: Store,
    ctx: Ctx,
    filter: AuditFilter,
    first: Option<Vec<Record>>,
    after: Option<Cursor>,
    left: i64,
}

impl AuditExport {
    /// Next page; `None` at the end. Session and permission are asked again for each.
    ///
    /// # Errors
    /// Those of the session; `PERMISSION_DENIED` when the permission was taken away meanwhile.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>> {
        let asked = EXPORT_PAGE.min(self.left);
        let records = match self.first.take() {
            Some(first) => first,
            None if asked == 0 => return Ok(None),
            None => self.fetch(asked).await?,
        };
        let got = i64::try_from(records.len()).unwrap_or(asked);
        self.left = if got < asked { 0 } else { self.left - got };
        self.after = records.last().map(|record| Cursor(record.id));
        Ok((!records.is_empty()).then_some(records))
    }

    async fn fetch(&self, limit: i64) -> Result<Vec<Record>> {
        let matching = self.filter.matching(&self.ctx, Permission::AuditExport);
        let batch = All((self.filter.enter(&self.ctx), page(matching, self.after, limit), leave(&self.ctx)));
        let (actor, (_, records, _)): (_, (Set, Vec<Record>, Set)) = self.store.read(&self.ctx, batch).await?;
        if self.filter.permitted(&actor, Permission::AuditExport) {
            return Ok(records);
        }
        Err(self.filter.denied(Permission::AuditExport).into())
    }
}

type Query = audit_leaves::BoxedQuery<'static, Pg>;

/// What [`Setting`] answers.
type Set = Vec<String>;
type Setting = diesel::dsl::select<set_config<&'static str, String, bool>>;

fn setting(tenant: TenantId) -> Setting {
    diesel::select(set_config("app.tenant_id", tenant.0.to_string(), true))
}

/// Goes back to the caller's tenant, in which the record of the reading is written.
fn leave(ctx: &Ctx) -> Setting {
    setting(ctx.tenant)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn page(matching: Query, before: Option<Cursor>, limit: i64) -> _ {
    let below: Uuid = before.map_or(Uuid::max(), |cursor| cursor.0);
    let columns: diesel::dsl::AsSelect<Record, Pg> = Record::as_select();
    matching.filter(audit_leaves::id.lt(below)).select(columns).order(audit_leaves::id.desc()).limit(limit)
}

impl AuditFilter {
    fn tenant(&self, ctx: &Ctx) -> TenantId {
        if self.platform { ROOT_TENANT } else { ctx.tenant }
    }

    /// Goes to the tenant whose records are wanted; the session was looked up before.
    fn enter(&self, ctx: &Ctx) -> Setting {
        setting(self.tenant(ctx))
    }

    fn matching(&self, ctx: &Ctx, permission: Permission) -> Query {
        let mut query = audit_leaves::table.filter(audit_leaves::tenant_id.eq(self.tenant(ctx).0)).into_boxed();
        if !self.platform {
            query = query.filter(visible(ctx, permission, "audit_leaves.workspace_id"));
        }
        if let Some(action) = &self.action {
            query = query.filter(audit_leaves::action.eq(action.clone()));
        }
        if let Some(id) = self.actor {
            query = query.filter(audit_leaves::actor_id.eq(id.0));
        }
        if let Some(kind) = &self.resource_type {
            query = query.filter(audit_leaves::resource_type.eq(kind.clone()));
        }
        if let Some(id) = &self.resource_id {
            query = query.filter(audit_leaves::resource_id.eq(id.clone()));
        }
        if let Some(outcome) = self.outcome {
            // In the text, so that a plan for any value can use the index on what did not succeed.
            query = query.filter(sql::<Bool>(&format!("audit_leaves.outcome = '{}'", outcome.as_str())));
        }
        if let Some(id) = self.request {
            query = query.filter(audit_leaves::request_id.eq(id));
        }
        if let Some(from) = self.from {
            query = query.filter(audit_leaves::at.ge(from)).filter(audit_leaves::id.ge(first_id(from, -CLOCK_SLACK)));
        }
        if let Some(to) = self.to {
            query = query.filter(audit_leaves::at.lt(to)).filter(audit_leaves::id.lt(first_id(to, CLOCK_SLACK)));
        }
        query
    }

    fn permitted(&self, actor: &Actor, permission: Permission) -> bool {
        let platform = |role| matches!(role, Role::PlatformAuditor | Role::PlatformAdmin);
        match self.platform {
            true => actor.grants.iter().any(|grant| grant.workspace.is_none() && platform(grant.role)),
            false => actor.allows(permission, Scope::Any),
        }
    }

    fn denied(&self, permission: Permission) -> Refusal {
        let scope = if self.platform { "platform" } else { "tenant" };
        Refusal::new(Code::PermissionDenied).with(json!({"permission": permission.as_str(), "scope": scope}))
    }

    /// Asks for permission and records the reading, or its refusal.
    async fn commit(&self, mut tx: Tx, permission: Permission, action: Action, details: Value) -> Result<()> {
        let mut leaf = Leaf::new(action, Resource::new("audit", "", ""), details);
        leaf.add("filters", self.as_json());
        let leaf = if self.platform { leaf.platform() } else { leaf };
        if !self.permitted(tx.actor()?, permission) {
            return Err(tx.refuse(self.denied(permission), leaf).await);
        }
        tx.commit(leaf).await
    }

    /// The filters that were given.
    fn as_json(&self) -> Value {
        let all = [
            ("action", self.action.clone().map(Value::from)),
            ("actor_id", self.actor.map(|id| json!(id))),
            ("resource_type", self.resource_type.clone().map(Value::from)),
            ("resource_id", self.resource_id.clone().map(Value::from)),
            ("outcome", self.outcome.map(|outcome| outcome.as_str().into())),
            ("request_id", self.request.map(|id| json!(id))),
            ("from", self.from.map(|at| json!(at))),
            ("to", self.to.map(|at| json!(at))),
            ("platform", self.platform.then_some(Value::Bool(true))),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// Smallest id (UUID version 7) that could have been made `slack` after `at`.
fn first_id(at: DateTime<Utc>, slack: TimeDelta) -> Uuid {
    let at = at.checked_add_signed(slack).unwrap_or(at);
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(milliseconds) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_inside_a_range_of_times_lie_inside_the_range_of_ids() {
        let (id, now) = (Uuid::now_v7(), Utc::now());
        assert!(first_id(now, -TimeDelta::minutes(1)) <= id);
        assert!(id < first_id(now, TimeDelta::minutes(1)));
        assert_eq!(first_id(DateTime::UNIX_EPOCH, -CLOCK_SLACK), Uuid::nil());
        assert!(first_id(DateTime::<Utc>::MAX_UTC, CLOCK_SLACK) < Uuid::max());
    }
}
