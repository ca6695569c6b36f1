//! Role bindings: who holds which role, where.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{PrincipalId, WorkspaceId};
use shepherd_domain::policy::{Permission, Role, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::administrators::{self, is_platform};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{principals, role_bindings};
use crate::tx::Tx;
use crate::users::{self, Person};
use crate::visible::visible;

/// A role held by a person.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = role_bindings)]
pub struct Binding {
    pub id: Uuid,
    pub principal_id: Uuid,
    pub role: String,
    pub workspace_id: Option<Uuid>,
    pub source: String,
    pub granted_by: Uuid,
    pub created_at: DateTime<Utc>,
}

/// A binding and the username of its person.
pub type NamedBinding = (Binding, String);

/// A role to be granted; without a workspace in the whole tenant.
#[derive(Clone, Copy, Debug)]
pub struct NewBinding {
    pub principal: PrincipalId,
    pub role: Role,
    pub workspace: Option<WorkspaceId>,
}

/// Which bindings to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct BindingFilter {
    pub principal: Option<PrincipalId>,
    pub workspace: Option<WorkspaceId>,
}

impl Store {
    /// Bindings that the caller may see, oldest first.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn bindings_list(&self, ctx: &Ctx, filter: BindingFilter, page: PageQuery) -> Result<Page<NamedBinding>> {
        let matching = || {
            let seen = visible(ctx, Permission::BindingRead, "role_bindings.workspace_id");
            let mut all = role_bindings::table
                .inner_join(
                    principals::table.on(principals::tenant_id
                        .eq(role_bindings::tenant_id)
                        .and(principals::id.eq(role_bindings::principal_id))),
                )
                .filter(role_bindings::tenant_id.eq(ctx.tenant.0))
                .filter(seen)
                .into_boxed();
            if let Some(id) = filter.principal {
                all = all.filter(role_bindings::principal_id.eq(id.0));
            }
            if let Some(id) = filter.workspace {
                all = all.filter(role_bindings::workspace_id.eq(id.0));
            }
            all
        };
        let columns = (Binding::as_select(), principals::username);
        let rows = matching().select(columns).limit(page.per_page).offset(page.offset());
        let rows =
            if page.descending { rows.order(role_bindings::id.desc()) } else { rows.order(role_bindings::id.asc()) };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<NamedBinding>, Vec<i64>)) = self.read(ctx, batch).await?;
        let scope = filter.workspace.map_or(Scope::Any, Scope::Workspace);
        self.allow(ctx, &actor, Permission::BindingRead, scope, Resource::new("role_binding", "", "")).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One binding.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a binding that the caller may not see.
    pub async fn binding_view(&self, ctx: &Ctx, id: Uuid) -> Result<NamedBinding> {
        seen(&mut self.tx(ctx).await?, id).await
    }

    /// Grants a role to somebody else.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown person or workspace; `PERMISSION_DENIED`, with the rule `self_grant` for a role of
    /// one's own; `ALREADY_EXISTS`.
    pub async fn binding_create(&self, ctx: &Ctx, new: NewBinding) -> Result<NamedBinding> {
        let mut tx = self.tx(ctx).await?;
        let person: Option<Person> = tx.one(users::find(ctx, new.principal).select(Person::as_select())).await?;
        let role = new.role.as_str();
        let name = person.as_ref().map_or("", |person| person.username.as_str()).to_owned();
        let mut leaf = leaf(Action::RoleAssign, new.principal, &name, role, new.workspace);
        let scope = new.workspace.map_or(Scope::Tenant, Scope::Workspace);
        tx.allow(Permission::BindingManage, scope, leaf.clone()).await?;
        if is_platform(role) {
            tx.allow(Permission::PlatformRoleGrant, Scope::Tenant, leaf.clone()).await?;
        }
        let actor = tx.actor()?.principal;
        if actor == new.principal {
            let params = json!({"permission": Permission::BindingManage.as_str(), "rule": "self_grant"});
            return Err(tx.refuse(Refusal::new(Code::PermissionDenied).with(params), leaf).await);
        }
        if person.is_none() {
            return Err(users::missing());
        }
        let id = Uuid::now_v7();
        let insert = insert_into(role_bindings::table)
            .values((
                role_bindings::tenant_id.eq(ctx.tenant.0),
                role_bindings::id.eq(id),
                role_bindings::principal_id.eq(new.principal.0),
                role_bindings::role.eq(role),
                role_bindings::workspace_id.eq(new.workspace.map(|id| id.0)),
                role_bindings::source.eq("manual"),
                role_bindings::granted_by.eq(actor.0),
            ))
            .returning(Binding::as_returning());
        let binding = tx.one(insert).await.map_err(|error| refused(error, role))?;
        leaf.add("binding_id", json!(id));
        tx.made(id);
        tx.commit(leaf).await?;
        Ok((binding.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))?, name))
    }

    /// Takes a role away.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a binding that the caller may not see; `PERMISSION_DENIED`; `STATE_CONFLICT` with the
    /// rule `last_administrator`.
    pub async fn binding_delete(&self, ctx: &Ctx, id: Uuid) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let (binding, name) = seen(&mut tx, id).await?;
        let principal = PrincipalId(binding.principal_id);
        let workspace = binding.workspace_id.map(WorkspaceId);
        let mut leaf = leaf(Action::RoleRevoke, principal, &name, &binding.role, workspace);
        leaf.add("binding_id", json!(id));
        let scope = workspace.map_or(Scope::Tenant, Scope::Workspace);
        tx.allow(Permission::BindingManage, scope, leaf.clone()).await?;
        if is_platform(&binding.role) || binding.source == "system" {
            tx.allow(Permission::PlatformRoleGrant, Scope::Tenant, leaf.clone()).await?;
        }
        let enabled = users::find(ctx, principal).select(principals::enabled);
        let (enabled, standing) = administrators::lock::<bool, _, _>(&mut tx, principal, enabled).await?;
        if enabled.first() == Some(&true) {
            standing.keep_one(&[(binding.role, binding.workspace_id)])?;
        }
        let gone = delete(find(ctx, id)).returning(role_bindings::id);
        tx.one::<Uuid, _, _>(gone).await?.ok_or_else(missing)?;
        tx.commit(leaf).await
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: Uuid) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    role_bindings::table.filter(role_bindings::tenant_id.eq(tenant).and(role_bindings::id.eq(id)))
}

/// The binding, when the caller may see it.
async fn seen(tx: &mut Tx, id: Uuid) -> Result<NamedBinding> {
    let query =
        role_bindings::table
            .inner_join(principals::table.on(
                principals::tenant_id.eq(role_bindings::tenant_id).and(principals::id.eq(role_bindings::principal_id)),
            ))
            .filter(role_bindings::tenant_id.eq(tx.ctx().tenant.0).and(role_bindings::id.eq(id)))
            .select((Binding::as_select(), principals::username));
    let found: Option<NamedBinding> = tx.one(query).await?;
    let actor = tx.actor()?;
    let scope = |binding: &Binding| binding.workspace_id.map_or(Scope::Tenant, |id| Scope::Workspace(WorkspaceId(id)));
    found.filter(|(binding, _)| actor.allows(Permission::BindingRead, scope(binding))).ok_or_else(missing)
}

fn missing() -> Error {
    Refusal::not_found("role_binding").into()
}

fn leaf(action: Action, id: PrincipalId, name: &str, role: &str, workspace: Option<WorkspaceId>) -> Leaf {
    let details: Value = json!({"role": role, "workspace_id": workspace});
    let leaf = Leaf::new(action, Resource::new("user", id, name), details);
    match workspace {
        Some(id) => leaf.workspace(id),
        None => leaf,
    }
}

fn refused(error: Error, role: &'static str) -> Error {
    error
        .refuse_on("role_bindings_tenant_id_principal_id_role_workspace_id_key", || {
            Refusal::new(Code::AlreadyExists).with(json!({"resource": "role_binding", "role": role}))
        })
        .refuse_on("role_bindings_tenant_id_workspace_id_fkey", || Refusal::not_found("workspace"))
        .refuse_on("role_bindings_tenant_id_principal_id_fkey", || Refusal::not_found("user"))
}
