//! Systems: the top of the hierarchy.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{SystemId, WorkspaceId};
use shepherd_domain::name::Name;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{services, systems};
use crate::visible::visible;

/// A System as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = systems)]
pub struct System {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    pub description: String,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A System to be created.
#[derive(Clone, Debug)]
pub struct NewSystem {
    pub workspace: WorkspaceId,
    pub name: Name,
    pub description: String,
}

impl Store {
    /// Systems that the caller may see, by name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read Systems.
    pub async fn systems_list(
        &self,
        ctx: &Ctx,
        workspace: Option<WorkspaceId>,
        page: PageQuery,
    ) -> Result<Page<System>> {
        let matching = || {
            let seen = visible(ctx, Permission::SystemRead, "systems.workspace_id");
            let all = systems::table.filter(systems::tenant_id.eq(ctx.tenant.0)).filter(seen).into_boxed();
            match workspace {
                Some(id) => all.filter(systems::workspace_id.eq(id.0)),
                None => all,
            }
        };
        let rows = matching().select(System::as_select()).limit(page.per_page).offset(page.offset());
        let rows = if page.descending { rows.order(systems::name.desc()) } else { rows.order(systems::name.asc()) };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<System>, Vec<i64>)) = self.read(ctx, batch).await?;
        let scope = workspace.map_or(Scope::Any, Scope::Workspace);
        self.allow(ctx, &actor, Permission::SystemRead, scope, Resource::new("system", "", "")).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One System.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a System that the caller may not see.
    pub async fn system_view(&self, ctx: &Ctx, id: SystemId) -> Result<System> {
        let (actor, rows): (_, Vec<System>) = self.read(ctx, find(ctx, id).select(System::as_select())).await?;
        let system = rows.into_iter().next();
        system
            .filter(|system| actor.allows(Permission::SystemRead, scope(system)))
            .ok_or_else(|| Refusal::not_found("system").into())
    }

    /// Creates a System.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; `ALREADY_EXISTS` when the tenant has a System of that name; `NOT_FOUND` for an unknown
    /// workspace.
    pub async fn system_create(&self, ctx: &Ctx, new: NewSystem) -> Result<System> {
        let id = Uuid::now_v7();
        let after = json!({"name": new.name.as_str(), "description": new.description});
        let leaf =
            Leaf::new(Action::SystemCreate, Resource::new("system", id, new.name.as_str()), json!({"after": after}))
                .workspace(new.workspace);
        let mut tx = self.identified(ctx).await?;
        tx.allow(Permission::SystemCreate, Scope::Workspace(new.workspace), leaf.clone()).await?;
        let row = (
            systems::tenant_id.eq(ctx.tenant.0),
            systems::id.eq(id),
            systems::workspace_id.eq(new.workspace.0),
            systems::name.eq(new.name.as_str().to_owned()),
            systems::description.eq(new.description),
            systems::created_by.eq(tx.actor()?.principal.0),
        );
        let insert = insert_into(systems::table).values(row).returning(System::as_returning());
        let system = tx.one(insert).await.map_err(|error| {
            error
                .refuse_on("systems_tenant_id_name_key", || already_exists("system", new.name.as_str()))
                .refuse_on("systems_tenant_id_workspace_id_fkey", || Refusal::not_found("workspace"))
        })?;
        tx.made(id);
        tx.commit(leaf).await?;
        system.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))
    }

    /// Changes the description, the only thing that may change.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn system_update(&self, ctx: &Ctx, id: SystemId, description: String) -> Result<System> {
        let mut tx = self.tx(ctx).await?;
        let before = self.locked(&mut tx, id).await?;
        let changes = json!({"before": {"description": before.description}, "after": {"description": description}});
        let leaf = leaf(Action::SystemUpdate, &before, changes);
        tx.allow(Permission::SystemUpdate, scope(&before), leaf.clone()).await?;
        let change = update(find(ctx, id)).set(systems::description.eq(description)).returning(System::as_returning());
        let after = tx.one(change).await?;
        tx.commit(leaf).await?;
        after.ok_or_else(|| Refusal::not_found("system").into())
    }

    /// Deletes a System that has no Services; `confirm_name` must be its name.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `DELETE_CONFIRMATION_REQUIRED`, `CONFIRMATION_NAME_MISMATCH`,
    /// `DELETE_RESTRICTED` with the number of Services.
    pub async fn system_delete(&self, ctx: &Ctx, id: SystemId, confirm_name: Option<&str>) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let system = self.locked(&mut tx, id).await?;
        let leaf = leaf(Action::SystemDelete, &system, json!({"before": {"name": system.name}}));
        tx.allow(Permission::SystemDelete, scope(&system), leaf.clone()).await?;
        confirmed(confirm_name, &system.name)?;
        let children =
            services::table.filter(services::tenant_id.eq(ctx.tenant.0).and(services::system_id.eq(id.0))).count();
        let count = tx.one::<i64, _, _>(children).await?.unwrap_or(0);
        if count > 0 {
            return Err(restricted("system", "service", count).into());
        }
        tx.write(delete(find(ctx, id)));
        // A Service created in between holds the System by its foreign key.
        let raced =
            |error: Error| error.refuse_on("services_tenant_id_system_id_fkey", || restricted("system", "service", 1));
        tx.commit(leaf).await.map_err(raced)
    }

    async fn locked(&self, tx: &mut crate::tx::Tx, id: SystemId) -> Result<System> {
        let query = find(tx.ctx(), id).select(System::as_select()).for_update();
        let system = tx.one(query).await?;
        let actor = tx.actor()?;
        system
            .filter(|system| actor.allows(Permission::SystemRead, scope(system)))
            .ok_or_else(|| Refusal::not_found("system").into())
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: SystemId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    systems::table.filter(systems::tenant_id.eq(tenant).and(systems::id.eq(id)))
}

fn scope(system: &System) -> Scope {
    Scope::Workspace(WorkspaceId(system.workspace_id))
}

fn leaf(action: Action, system: &System, details: serde_json::Value) -> Leaf {
    Leaf::new(action, Resource::new("system", system.id, &system.name), details)
        .workspace(WorkspaceId(system.workspace_id))
}

/// Refusal to create something whose name is taken.
pub(crate) fn already_exists(resource: &'static str, name: &str) -> Refusal {
    Refusal::new(Code::AlreadyExists).with(json!({"resource": resource, "name": name}))
}

/// Checks the name that was typed to confirm a deletion.
pub(crate) fn confirmed(given: Option<&str>, name: &str) -> Result<()> {
    match given {
        None => Err(Refusal::new(Code::DeleteConfirmationRequired).with(json!({"parameter": "confirm_name"})).into()),
        Some(given) if given == name => Ok(()),
        Some(_) => Err(Refusal::new(Code::ConfirmationNameMismatch).with(json!({"parameter": "confirm_name"})).into()),
    }
}

/// Refusal to delete something that others hang on.
pub(crate) fn restricted(entity: &'static str, child: &'static str, count: i64) -> Refusal {
    Refusal::new(Code::DeleteRestricted).with(json!({"entity": entity, "child": child, "count": count}))
}
