//! Services: parts of a System; each counts its own instances.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{ServiceId, SystemId, WorkspaceId};
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
use crate::schema::{services, systems, tickets, vms};
use crate::systems::{already_exists, restricted};
use crate::tx::Tx;
use crate::visible::visible;

/// A Service as it is stored, with what it takes from its System.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = services)]
pub struct Service {
    pub id: Uuid,
    pub system_id: Uuid,
    #[diesel(select_expression = systems::workspace_id)]
    pub workspace_id: Uuid,
    #[diesel(select_expression = systems::name)]
    pub system_name: String,
    pub name: String,
    pub description: String,
    pub next_instance: i64,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Which Services.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceFilter {
    pub system: Option<SystemId>,
    pub workspace: Option<WorkspaceId>,
}

/// A Service to be created.
#[derive(Clone, Debug)]
pub struct NewService {
    pub system: SystemId,
    pub name: Name,
    pub description: String,
}

impl Store {
    /// Services that the caller may see, by name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read Services.
    pub async fn services_list(&self, ctx: &Ctx, filter: ServiceFilter, page: PageQuery) -> Result<Page<Service>> {
        let matching = || {
            let seen = visible(ctx, Permission::ServiceRead, "systems.workspace_id");
            let mut all = of_tenant(ctx).filter(seen).into_boxed();
            if let Some(id) = filter.system {
                all = all.filter(services::system_id.eq(id.0));
            }
            if let Some(id) = filter.workspace {
                all = all.filter(systems::workspace_id.eq(id.0));
            }
            all
        };
        let rows = matching().select(Service::as_select()).limit(page.per_page).offset(page.offset());
        let rows = if page.descending {
            rows.order((services::name.desc(), services::id.desc()))
        } else {
            rows.order((services::name.asc(), services::id.asc()))
        };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<Service>, Vec<i64>)) = self.read(ctx, batch).await?;
        let scope = filter.workspace.map_or(Scope::Any, Scope::Workspace);
        self.allow(ctx, &actor, Permission::ServiceRead, scope, Resource::new("service", "", "")).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One Service.
    ///
    /// # Errors
    /// `NOT_FOUND` also for a Service that the caller may not see.
    pub async fn service_view(&self, ctx: &Ctx, id: ServiceId) -> Result<Service> {
        let (actor, rows): (_, Vec<Service>) = self.read(ctx, find(ctx, id).select(Service::as_select())).await?;
        let service = rows.into_iter().next();
        service
            .filter(|service| actor.allows(Permission::ServiceRead, scope(service)))
            .ok_or_else(|| Refusal::not_found("service").into())
    }

    /// Creates a Service in a System.
    ///
    /// # Errors
    /// `NOT_FOUND` for a System that the caller may not see, `PERMISSION_DENIED`, `ALREADY_EXISTS` when the System
    /// has a Service of that name.
    pub async fn service_create(&self, ctx: &Ctx, new: NewService) -> Result<Service> {
        let id = ServiceId(Uuid::now_v7());
        let mut tx = self.tx(ctx).await?;
        let system = systems::table
            .filter(systems::tenant_id.eq(ctx.tenant.0).and(systems::id.eq(new.system.0)))
            .select(systems::workspace_id);
        let workspace = tx.one::<Uuid, _, _>(system).await?.map(WorkspaceId);
        let actor = tx.actor()?;
        let workspace = workspace
            .filter(|workspace| actor.allows(Permission::SystemRead, Scope::Workspace(*workspace)))
            .ok_or_else(|| Refusal::not_found("system"))?;
        let after = json!({"system_id": new.system, "name": new.name.as_str(), "description": new.description});
        let resource = Resource::new("service", id, new.name.as_str());
        let leaf = Leaf::new(Action::ServiceCreate, resource, json!({"after": after})).workspace(workspace);
        tx.allow(Permission::ServiceCreate, Scope::Workspace(workspace), leaf.clone()).await?;
        tx.write(insert_into(services::table).values((
            services::tenant_id.eq(ctx.tenant.0),
            services::id.eq(id.0),
            services::system_id.eq(new.system.0),
            services::name.eq(new.name.as_str().to_owned()),
            services::description.eq(new.description),
            services::created_by.eq(tx.actor()?.principal.0),
        )));
        let service = tx.one(find(ctx, id).select(Service::as_select())).await.map_err(|error| {
            error
                .refuse_on("services_tenant_id_system_id_name_key", || already_exists("service", new.name.as_str()))
                // The System was deleted in between.
                .refuse_on("services_tenant_id_system_id_fkey", || Refusal::not_found("system"))
        })?;
        tx.made(id.0);
        tx.commit(leaf).await?;
        service.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))
    }

    /// Changes the description, the only thing that may change.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn service_update(&self, ctx: &Ctx, id: ServiceId, description: String) -> Result<Service> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let changes = json!({"before": {"description": before.description}, "after": {"description": description}});
        let leaf = leaf(Action::ServiceUpdate, &before, changes);
        tx.allow(Permission::ServiceUpdate, scope(&before), leaf.clone()).await?;
        let row = services::table.filter(services::tenant_id.eq(ctx.tenant.0).and(services::id.eq(id.0)));
        tx.write(update(row).set(services::description.eq(description)));
        let after = tx.one(find(ctx, id).select(Service::as_select())).await?;
        tx.commit(leaf).await?;
        after.ok_or_else(|| Refusal::not_found("service").into())
    }

    /// Deletes a Service that nothing was ever requested for. Tickets are kept for ever, and so are their Services.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `DELETE_CONFIRMATION_REQUIRED` unless `confirmed`, `DELETE_RESTRICTED` with
    /// the number of VMs, or of tickets.
    pub async fn service_delete(&self, ctx: &Ctx, id: ServiceId, confirmed: bool) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let service = locked(&mut tx, id).await?;
        let leaf = leaf(Action::ServiceDelete, &service, json!({"before": {"name": service.name}}));
        tx.allow(Permission::ServiceDelete, scope(&service), leaf.clone()).await?;
        if !confirmed {
            return Err(Refusal::new(Code::DeleteConfirmationRequired).with(json!({"parameter": "confirm"})).into());
        }
        let vms = vms::table.filter(vms::tenant_id.eq(ctx.tenant.0).and(vms::service_id.eq(id.0))).count();
        let tickets = tickets::table.filter(tickets::tenant_id.eq(ctx.tenant.0).and(tickets::service_id.eq(id.0)));
        let (vms, tickets): (Vec<i64>, Vec<i64>) = tx.fetch(All((vms, tickets.count()))).await?;
        for (child, count) in [("vm", vms.first()), ("ticket", tickets.first())] {
            if let Some(count) = count.copied().filter(|count| *count > 0) {
                return Err(restricted("service", child, count).into());
            }
        }
        tx.write(delete(services::table.filter(services::tenant_id.eq(ctx.tenant.0).and(services::id.eq(id.0)))));
        let raced = || restricted("service", "ticket", 1);
        tx.commit(leaf).await.map_err(|error| error.refuse_on("tickets_tenant_id_service_id_fkey", raced))
    }
}

async fn locked(tx: &mut Tx, id: ServiceId) -> Result<Service> {
    let query = find(tx.ctx(), id).select(Service::as_select()).for_no_key_update();
    let service: Option<Service> = tx.one(query).await?;
    let actor = tx.actor()?;
    service
        .filter(|service| actor.allows(Permission::ServiceRead, scope(service)))
        .ok_or_else(|| Refusal::not_found("service").into())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_tenant(ctx: &Ctx) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let own = systems::tenant_id.eq(services::tenant_id).and(systems::id.eq(services::system_id));
    services::table.inner_join(systems::table.on(own)).filter(services::tenant_id.eq(tenant))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: ServiceId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    let own = systems::tenant_id.eq(services::tenant_id).and(systems::id.eq(services::system_id));
    services::table.inner_join(systems::table.on(own)).filter(services::tenant_id.eq(tenant).and(services::id.eq(id)))
}

fn scope(service: &Service) -> Scope {
    Scope::Workspace(WorkspaceId(service.workspace_id))
}

fn leaf(action: Action, service: &Service, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("service", service.id, &service.name), details)
        .workspace(WorkspaceId(service.workspace_id))
}
