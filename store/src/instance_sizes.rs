//! Instance sizes: the hardware baselines, shared by all tenants.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::{Map, Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::InstanceSizeId;
use shepherd_domain::name::Label;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::size::SizeSpec;
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{instance_sizes, tickets};
use crate::stored;
use crate::systems::{already_exists, restricted};
use crate::tx::Tx;
use crate::visible::holds;

/// An instance size as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = instance_sizes)]
struct Row {
    id: Uuid,
    name: String,
    display_name: String,
    description: String,
    enabled: bool,
    sort_order: i32,
    spec: Value,
    created_by: Uuid,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An instance size as the caller may see it.
#[derive(Clone, Debug)]
pub struct InstanceSize {
    pub id: Uuid,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub enabled: bool,
    pub sort_order: i32,
    pub spec: SizeSpec,
    /// Whether the overcommit is the caller's to see; `spec` is without it otherwise.
    pub overcommit_shown: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Row {
    fn seen(self, manages: bool) -> Result<InstanceSize> {
        let mut spec: SizeSpec = stored::read(&self.spec)?;
        if !manages {
            // Overcommit is invisible to users; overrides are how the platform runs VMs, not what users get.
            spec = SizeSpec { cpu_request_millis: None, memory_request_mib: None, spec_overrides: Map::new(), ..spec };
        }
        Ok(InstanceSize {
            id: self.id,
            name: self.name,
            display_name: self.display_name,
            description: self.description,
            enabled: self.enabled,
            sort_order: self.sort_order,
            spec,
            overcommit_shown: manages,
            created_by: self.created_by,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// An instance size to be created.
#[derive(Clone, Debug)]
pub struct NewInstanceSize {
    pub name: Label,
    pub display_name: String,
    pub description: String,
    pub enabled: bool,
    pub sort_order: i32,
    pub spec: SizeSpec,
}

/// What may change; absent members stay. VMs and tickets that were approved keep the size they were approved with.
#[derive(Clone, Debug, Default)]
pub struct InstanceSizeChange {
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    pub sort_order: Option<i32>,
    /// Members of the spec that are replaced; null takes one away.
    pub spec: Map<String, Value>,
}

impl Store {
    /// Instance sizes that the caller may see, in the order of their `sort_order`, then by name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read instance sizes.
    pub async fn instance_sizes_list(
        &self,
        ctx: &Ctx,
        enabled: Option<bool>,
        page: PageQuery,
    ) -> Result<Page<InstanceSize>> {
        let matching = || {
            let seen = instance_sizes::enabled.or(holds(ctx, Permission::InstanceSizeManage));
            let all = instance_sizes::table.filter(seen).into_boxed();
            match enabled {
                Some(enabled) => all.filter(instance_sizes::enabled.eq(enabled)),
                None => all,
            }
        };
        let rows = matching().select(Row::as_select()).limit(page.per_page).offset(page.offset());
        let rows = if page.descending {
            rows.order((instance_sizes::sort_order.desc(), instance_sizes::name.desc()))
        } else {
            rows.order((instance_sizes::sort_order.asc(), instance_sizes::name.asc()))
        };
        let batch = All((rows, matching().count()));
        let (actor, (rows, total)): (_, (Vec<Row>, Vec<i64>)) = self.read(ctx, batch).await?;
        let resource = Resource::new("instance_size", "", "");
        self.allow(ctx, &actor, Permission::InstanceSizeRead, Scope::Any, resource).await?;
        let manages = manages(&actor);
        let items = rows.into_iter().map(|row| row.seen(manages)).collect::<Result<_>>()?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One instance size.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for a disabled one without permission to manage sizes.
    pub async fn instance_size_view(&self, ctx: &Ctx, id: InstanceSizeId) -> Result<InstanceSize> {
        let query = instance_sizes::table.find(id.0).select(Row::as_select());
        let (actor, rows): (_, Vec<Row>) = self.read(ctx, query).await?;
        visible(&actor, rows.into_iter().next())?.seen(manages(&actor))
    }

    /// Creates an instance size.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `ALREADY_EXISTS`, and those of [`SizeSpec::check`].
    pub async fn instance_size_create(&self, ctx: &Ctx, new: NewInstanceSize) -> Result<InstanceSize> {
        new.spec.check()?;
        let (id, name, spec) = (Uuid::now_v7(), new.name.as_str(), stored::write(&new.spec)?);
        let after = json!({
            "display_name": new.display_name, "description": new.description, "enabled": new.enabled,
            "sort_order": new.sort_order, "spec": spec,
        });
        let resource = Resource::new("instance_size", id, name);
        let leaf = Leaf::new(Action::InstanceSizeCreate, resource, json!({"after": after})).platform();
        let mut tx = self.identified(ctx).await?;
        tx.allow(Permission::InstanceSizeManage, Scope::Tenant, leaf.clone()).await?;
        let row = (
            instance_sizes::id.eq(id),
            instance_sizes::name.eq(name.to_owned()),
            instance_sizes::display_name.eq(new.display_name),
            instance_sizes::description.eq(new.description),
            instance_sizes::enabled.eq(new.enabled),
            instance_sizes::sort_order.eq(new.sort_order),
            instance_sizes::spec.eq(spec),
            instance_sizes::created_by.eq(tx.actor()?.principal.0),
        );
        let insert = insert_into(instance_sizes::table).values(row).returning(Row::as_returning());
        let row: Option<Row> = tx
            .one(insert)
            .await
            .map_err(|error| error.refuse_on("instance_sizes_name_key", || already_exists("instance_size", name)))?;
        tx.made(id);
        tx.commit(leaf).await?;
        row.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))?.seen(true)
    }

    /// Changes an instance size; the whole spec is checked again.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, and those of [`SizeSpec::check`].
    pub async fn instance_size_update(
        &self,
        ctx: &Ctx,
        id: InstanceSizeId,
        change: InstanceSizeChange,
    ) -> Result<InstanceSize> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let attempt = leaf(Action::InstanceSizeUpdate, &before, json!({"before": recorded(&before)}));
        tx.allow(Permission::InstanceSizeManage, Scope::Tenant, attempt).await?;
        let spec = stored::read::<SizeSpec>(&before.spec)?.changed(change.spec)?;
        let after = Row {
            display_name: change.display_name.unwrap_or_else(|| before.display_name.clone()),
            description: change.description.unwrap_or_else(|| before.description.clone()),
            enabled: change.enabled.unwrap_or(before.enabled),
            sort_order: change.sort_order.unwrap_or(before.sort_order),
            spec: stored::write(&spec)?,
            ..before.clone()
        };
        let changes = json!({"before": recorded(&before), "after": recorded(&after)});
        let leaf = leaf(Action::InstanceSizeUpdate, &before, changes);
        let change = update(instance_sizes::table.find(id.0))
            .set((
                instance_sizes::display_name.eq(after.display_name),
                instance_sizes::description.eq(after.description),
                instance_sizes::enabled.eq(after.enabled),
                instance_sizes::sort_order.eq(after.sort_order),
                instance_sizes::spec.eq(after.spec),
            ))
            .returning(Row::as_returning());
        let row: Option<Row> = tx.one(change).await?;
        tx.commit(leaf).await?;
        row.ok_or_else(|| Refusal::not_found("instance_size"))?.seen(true)
    }

    /// Deletes an instance size that nothing was ever requested with.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `DELETE_RESTRICTED` with the number of the tenant's tickets; such a size can
    /// be disabled.
    pub async fn instance_size_delete(&self, ctx: &Ctx, id: InstanceSizeId) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let size = locked(&mut tx, id).await?;
        let leaf = leaf(Action::InstanceSizeDelete, &size, json!({"before": recorded(&size)}));
        tx.allow(Permission::InstanceSizeManage, Scope::Tenant, leaf.clone()).await?;
        let children =
            tickets::table.filter(tickets::tenant_id.eq(ctx.tenant.0).and(tickets::instance_size_id.eq(id.0))).count();
        let count = tx.one::<i64, _, _>(children).await?.unwrap_or(0);
        if count > 0 {
            return Err(in_use(count).into());
        }
        tx.write(delete(instance_sizes::table.find(id.0)));
        // Other tenants' tickets are not ours to count; the foreign key knows of them.
        tx.commit(leaf).await.map_err(|error| error.refuse_on("tickets_instance_size_id_fkey", || in_use(1)))
    }
}

fn manages(actor: &Actor) -> bool {
    actor.allows(Permission::InstanceSizeManage, Scope::Tenant)
}

fn visible(actor: &Actor, row: Option<Row>) -> Result<Row> {
    let reads = actor.allows(Permission::InstanceSizeRead, Scope::Any);
    row.filter(|row| reads && (row.enabled || manages(actor))).ok_or_else(|| Refusal::not_found("instance_size").into())
}

async fn locked(tx: &mut Tx, id: InstanceSizeId) -> Result<Row> {
    let row = tx.one(instance_sizes::table.find(id.0).select(Row::as_select()).for_no_key_update()).await?;
    visible(tx.actor()?, row)
}

/// Refusal to delete a size; it says what can be done instead.
fn in_use(count: i64) -> Refusal {
    let mut refusal = restricted("instance_size", "ticket", count);
    if let Value::Object(params) = &mut refusal.params {
        params.insert("alternative".to_owned(), json!("disable"));
    }
    refusal
}

fn recorded(row: &Row) -> Value {
    json!({
        "display_name": row.display_name, "description": row.description, "enabled": row.enabled,
        "sort_order": row.sort_order, "spec": row.spec,
    })
}

fn leaf(action: Action, row: &Row, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("instance_size", row.id, &row.name), details).platform()
}
