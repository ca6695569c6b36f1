//! VMs, as they were last seen.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use shepherd_domain::Refusal;
use shepherd_domain::ids::{ClusterId, NamespaceId, ServiceId, SystemId, VmId, WorkspaceId};
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::vm::VmState;
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::Resource;
use crate::page::{Cursor, CursorPage, TOTAL_CAP};
use crate::pipeline::All;
use crate::schema::{clusters, namespaces, services, systems, vms};
use crate::visible::visible;

/// A VM as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = vms)]
pub struct Vm {
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub workspace_id: Uuid,
    pub system_id: Uuid,
    pub service_id: Uuid,
    pub namespace_id: Uuid,
    pub cluster_id: Uuid,
    pub physical_namespace: String,
    pub name: String,
    pub instance: i64,
    pub state: String,
    pub state_reason: String,
    pub uid: Option<String>,
    pub labels: Value,
    pub guest_ip: Option<String>,
    pub node_name: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub observed_at: Option<DateTime<Utc>>,
}

/// A VM with the names behind its ids.
#[derive(Clone, Debug)]
pub struct VmView {
    pub vm: Vm,
    pub system: String,
    pub service: String,
    pub namespace: String,
    pub cluster: String,
    /// Whether the caller may know more of the cluster than its name.
    pub cluster_open: bool,
}

/// Which VMs; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct VmFilter {
    pub states: Vec<VmState>,
    pub workspace: Option<WorkspaceId>,
    pub system: Option<SystemId>,
    pub service: Option<ServiceId>,
    pub namespace: Option<NamespaceId>,
    pub cluster: Option<ClusterId>,
    pub before: Option<Cursor>,
    pub per_page: i64,
}

type Row = (Vm, String, String, String, String);

impl Store {
    /// VMs that the caller may see, newest first.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read VMs.
    pub async fn vms_list(&self, ctx: &Ctx, filter: &VmFilter) -> Result<CursorPage<VmView>> {
        let matching = || {
            let seen = visible(ctx, Permission::VmRead, "vms.workspace_id");
            let mut query = vms::table.filter(vms::tenant_id.eq(ctx.tenant.0)).filter(seen).into_boxed();
            if !filter.states.is_empty() {
                let words: Vec<_> = filter.states.iter().map(|state| state.as_str()).collect();
                query = query.filter(vms::state.eq_any(words));
            }
            if let Some(id) = filter.workspace {
                query = query.filter(vms::workspace_id.eq(id.0));
            }
            if let Some(id) = filter.system {
                query = query.filter(vms::system_id.eq(id.0));
            }
            if let Some(id) = filter.service {
                query = query.filter(vms::service_id.eq(id.0));
            }
            if let Some(id) = filter.namespace {
                query = query.filter(vms::namespace_id.eq(id.0));
            }
            if let Some(id) = filter.cluster {
                query = query.filter(vms::cluster_id.eq(id.0));
            }
            query.select(vms::id)
        };
        let below = filter.before.map_or(Uuid::max(), |cursor| cursor.0);
        let page = matching().filter(vms::id.lt(below)).order(vms::id.desc()).limit(filter.per_page + 1);
        let rows = named(ctx).filter(vms::id.eq_any(page)).order(vms::id.desc());
        let batch = All((rows, matching().limit(TOTAL_CAP)));
        let (actor, (rows, counted)): (_, (Vec<Row>, Vec<Uuid>)) = self.read(ctx, batch).await?;
        let scope = filter.workspace.map_or(Scope::Any, Scope::Workspace);
        self.allow(ctx, &actor, Permission::VmRead, scope, Resource::new("vm", "", "")).await?;
        let total = i64::try_from(counted.len()).unwrap_or(TOTAL_CAP);
        let views = rows.into_iter().map(|row| view(&actor, row)).collect();
        Ok(CursorPage::cut(views, filter.per_page, total, |view| view.vm.id))
    }

    /// One VM.
    ///
    /// # Errors
    /// `VM_NOT_FOUND` also for a VM that the caller may not see.
    pub async fn vm_view(&self, ctx: &Ctx, id: VmId) -> Result<VmView> {
        let (actor, rows): (_, Vec<Row>) = self.read(ctx, named(ctx).filter(vms::id.eq(id.0))).await?;
        let row = rows.into_iter().next().filter(|(vm, ..)| actor.allows(Permission::VmRead, scope(vm)));
        Ok(view(&actor, row.ok_or_else(|| Refusal::not_found("vm"))?))
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn named(ctx: &Ctx) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let columns: diesel::dsl::AsSelect<Vm, diesel::pg::Pg> = Vm::as_select();
    vms::table
        .inner_join(systems::table.on(systems::tenant_id.eq(vms::tenant_id).and(systems::id.eq(vms::system_id))))
        .inner_join(services::table.on(services::tenant_id.eq(vms::tenant_id).and(services::id.eq(vms::service_id))))
        .inner_join(
            namespaces::table.on(namespaces::tenant_id.eq(vms::tenant_id).and(namespaces::id.eq(vms::namespace_id))),
        )
        .inner_join(clusters::table.on(clusters::id.eq(vms::cluster_id)))
        .filter(vms::tenant_id.eq(tenant))
        .select((columns, systems::name, services::name, namespaces::name, clusters::name))
}

fn view(actor: &Actor, (vm, system, service, namespace, cluster): Row) -> VmView {
    let cluster_open = actor.allows(Permission::ClusterRead, scope(&vm));
    VmView { vm, system, service, namespace, cluster, cluster_open }
}

fn scope(vm: &Vm) -> Scope {
    Scope::Workspace(WorkspaceId(vm.workspace_id))
}
