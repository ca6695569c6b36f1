//! Registry of namespaces: where VMs may be asked for, and in which environment.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::environment::Environment;
use shepherd_domain::ids::NamespaceId;
use shepherd_domain::name::{Name, physical_namespace};
use shepherd_domain::policy::{Permission, Scope};
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{namespaces, tenants, tickets};
use crate::systems::{already_exists, confirmed, restricted};
use crate::tx::Tx;

/// A namespace as it is registered.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = namespaces)]
pub struct Namespace {
    pub id: Uuid,
    pub name: String,
    pub physical_name: String,
    pub environment: String,
    pub description: String,
    pub enabled: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Which namespaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct NamespaceFilter {
    pub environment: Option<Environment>,
    pub enabled: Option<bool>,
}

/// A namespace to be registered.
#[derive(Clone, Debug)]
pub struct NewNamespace {
    pub name: Name,
    pub environment: Environment,
    pub description: String,
}

/// What may change; absent members stay.
#[derive(Clone, Debug, Default)]
pub struct NamespaceChange {
    pub description: Option<String>,
    pub enabled: Option<bool>,
}

impl Store {
    /// Namespaces of the tenant, by name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read namespaces.
    pub async fn namespaces_list(
        &self,
        ctx: &Ctx,
        filter: NamespaceFilter,
        page: PageQuery,
    ) -> Result<Page<Namespace>> {
        let matching = || {
            let mut all = namespaces::table.filter(namespaces::tenant_id.eq(ctx.tenant.0)).into_boxed();
            if let Some(environment) = filter.environment {
                all = all.filter(namespaces::environment.eq(environment.as_str()));
            }
            if let Some(enabled) = filter.enabled {
                all = all.filter(namespaces::enabled.eq(enabled));
            }
            all
        };
        let rows = matching().select(Namespace::as_select()).limit(page.per_page).offset(page.offset());
        let rows =
            if page.descending { rows.order(namespaces::name.desc()) } else { rows.order(namespaces::name.asc()) };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<Namespace>, Vec<i64>)) = self.read(ctx, batch).await?;
        let resource = Resource::new("namespace", "", "");
        self.allow(ctx, &actor, Permission::NamespaceRead, Scope::Any, resource).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One namespace.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn namespace_view(&self, ctx: &Ctx, id: NamespaceId) -> Result<Namespace> {
        let (actor, rows): (_, Vec<Namespace>) = self.read(ctx, find(ctx, id).select(Namespace::as_select())).await?;
        let namespace = rows.into_iter().next().filter(|_| actor.allows(Permission::NamespaceRead, Scope::Any));
        namespace.ok_or_else(|| Refusal::not_found("namespace").into())
    }

    /// Registers a namespace. Its name on clusters is fixed here.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; `ALREADY_EXISTS` when the tenant has a namespace of that name.
    pub async fn namespace_create(&self, ctx: &Ctx, new: NewNamespace) -> Result<Namespace> {
        let (id, name) = (Uuid::now_v7(), new.name.as_str());
        let mut tx = self.tx(ctx).await?;
        let slug = tx.one::<String, _, _>(tenants::table.find(ctx.tenant.0).select(tenants::slug)).await?;
        let slug = slug.ok_or_else(|| Error::Stored("tenant is gone".to_owned()))?;
        let physical_name = physical_namespace(&slug, name);
        let after = json!({
            "name": name, "physical_name": physical_name, "environment": new.environment,
            "description": new.description,
        });
        let leaf = Leaf::new(Action::NamespaceCreate, Resource::new("namespace", id, name), json!({"after": after}));
        tx.allow(Permission::NamespaceManage, Scope::Tenant, leaf.clone()).await?;
        let row = (
            namespaces::tenant_id.eq(ctx.tenant.0),
            namespaces::id.eq(id),
            namespaces::name.eq(name.to_owned()),
            namespaces::physical_name.eq(physical_name),
            namespaces::environment.eq(new.environment.as_str()),
            namespaces::description.eq(new.description.clone()),
            namespaces::created_by.eq(tx.actor()?.principal.0),
        );
        let insert = insert_into(namespaces::table).values(row).returning(Namespace::as_returning());
        let namespace = tx.one(insert).await.map_err(|error| {
            error.refuse_on("namespaces_tenant_id_name_key", || already_exists("namespace", new.name.as_str()))
        })?;
        tx.made(id);
        tx.commit(leaf).await?;
        namespace.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))
    }

    /// Changes the description, or opens and closes the namespace for new requests.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn namespace_update(&self, ctx: &Ctx, id: NamespaceId, change: NamespaceChange) -> Result<Namespace> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let description = change.description.unwrap_or_else(|| before.description.clone());
        let enabled = change.enabled.unwrap_or(before.enabled);
        let changes = json!({
            "before": {"description": before.description, "enabled": before.enabled},
            "after": {"description": description, "enabled": enabled},
        });
        let leaf = leaf(Action::NamespaceUpdate, &before, changes);
        tx.allow(Permission::NamespaceManage, Scope::Tenant, leaf.clone()).await?;
        let change = update(find(ctx, id))
            .set((namespaces::description.eq(description), namespaces::enabled.eq(enabled)))
            .returning(Namespace::as_returning());
        let after = tx.one(change).await?;
        tx.commit(leaf).await?;
        after.ok_or_else(|| Refusal::not_found("namespace").into())
    }

    /// Deletes a namespace that nothing was ever requested for; `confirm_name` must be its name.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `DELETE_CONFIRMATION_REQUIRED`, `CONFIRMATION_NAME_MISMATCH`,
    /// `DELETE_RESTRICTED` with the number of tickets; such a namespace can be disabled.
    pub async fn namespace_delete(&self, ctx: &Ctx, id: NamespaceId, confirm_name: Option<&str>) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let namespace = locked(&mut tx, id).await?;
        let leaf = leaf(Action::NamespaceDelete, &namespace, json!({"before": {"name": namespace.name}}));
        tx.allow(Permission::NamespaceManage, Scope::Tenant, leaf.clone()).await?;
        confirmed(confirm_name, &namespace.name)?;
        let children =
            tickets::table.filter(tickets::tenant_id.eq(ctx.tenant.0).and(tickets::namespace_id.eq(id.0))).count();
        let count = tx.one::<i64, _, _>(children).await?.unwrap_or(0);
        if count > 0 {
            return Err(restricted("namespace", "ticket", count).into());
        }
        tx.write(delete(find(ctx, id)));
        let raced = || restricted("namespace", "ticket", 1);
        tx.commit(leaf).await.map_err(|error| error.refuse_on("tickets_tenant_id_namespace_id_fkey", raced))
    }
}

async fn locked(tx: &mut Tx, id: NamespaceId) -> Result<Namespace> {
    let query = find(tx.ctx(), id).select(Namespace::as_select()).for_no_key_update();
    let namespace: Option<Namespace> = tx.one(query).await?;
    let seen = tx.actor()?.allows(Permission::NamespaceRead, Scope::Any);
    namespace.filter(|_| seen).ok_or_else(|| Refusal::not_found("namespace").into())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: NamespaceId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    namespaces::table.filter(namespaces::tenant_id.eq(tenant).and(namespaces::id.eq(id)))
}

fn leaf(action: Action, namespace: &Namespace, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("namespace", namespace.id, &namespace.name), details)
}
