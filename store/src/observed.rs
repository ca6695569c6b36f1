//! VMs as their clusters show them, kept true by one watch per cluster.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel::{sql_query, update};
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{ClusterId, WorkspaceId};
use shepherd_domain::vm::VmState;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};
use crate::schema::vms;

/// A VM that a watch looks after.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = vms)]
pub struct WatchedVm {
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub uid: Option<String>,
    pub state: String,
}

/// What was seen of a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub state: VmState,
    pub reason: String,
    pub guest_ip: Option<String>,
    pub node_name: Option<String>,
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = SqlUuid)]
    workspace_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    created_by: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    before: Option<String>,
}

impl Store {
    /// VMs of the tenant on a cluster.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn vms_watched(&self, ctx: &Ctx, cluster: ClusterId) -> Result<Vec<WatchedVm>> {
        let query = vms::table
            .filter(vms::tenant_id.eq(ctx.tenant.0).and(vms::cluster_id.eq(cluster.0)))
            .select(WatchedVm::as_select());
        Ok(self.read(ctx, query).await?.1)
    }

    /// Writes what was seen of a VM with that UID; answers whether anything changed. Only a change of state is an
    /// act worth a record; addresses and nodes travel with it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn vm_observed(&self, ctx: &Ctx, id: Uuid, uid: &str, seen: &Observation) -> Result<bool> {
        let mut tx = self.tx(ctx).await?;
        let change = sql_query(
            "update vms v set state = $4, state_reason = left($5, 1024), guest_ip = coalesce($6, v.guest_ip), \
               node_name = coalesce($7, v.node_name), observed_at = now() \
             from (select w.id, w.state from vms w where w.tenant_id = $1 and w.id = $2 and w.uid = $3 \
                     and not exists (select from tickets t where t.tenant_id = w.tenant_id and t.id = w.ticket_id and t.state = 'FAILED') \
                   for update) old \
             where v.tenant_id = $1 and v.id = old.id \
               and (v.state, v.state_reason, v.guest_ip, v.node_name) is distinct from \
                   ($4, left($5, 1024), coalesce($6, v.guest_ip), coalesce($7, v.node_name)) \
             returning v.name, v.workspace_id, v.created_by, old.state as before",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(uid.to_owned())
        .bind::<Text, _>(seen.state.as_str())
        .bind::<Text, _>(seen.reason.clone())
        .bind::<Nullable<Text>, _>(seen.guest_ip.clone())
        .bind::<Nullable<Text>, _>(seen.node_name.clone());
        let Some(changed): Option<Changed> = tx.one(change).await? else { return Ok(false) };
        let workspace = WorkspaceId(changed.workspace_id);
        tx.event("vm", id, Some(workspace), Some(changed.created_by), seen.state.as_str());
        let details = json!({"before": changed.before, "after": seen.state, "reason": seen.reason});
        let leaf = Leaf::new(Action::VmStateChange, Resource::new("vm", id, changed.name), details);
        tx.commit(leaf.workspace(workspace)).await?;
        Ok(true)
    }

    /// Says of every VM on a cluster that nothing is known of it at the moment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn vms_unknown(&self, ctx: &Ctx, cluster: ClusterId, reason: &str) -> Result<usize> {
        let mut tx = self.tx(ctx).await?;
        let seen = ["CREATING", "FAILED", "NOT_FOUND", "UNKNOWN"];
        let change = update(vms::table.filter(vms::tenant_id.eq(ctx.tenant.0).and(vms::cluster_id.eq(cluster.0))))
            .filter(vms::state.ne_all(seen))
            .set((vms::state.eq("UNKNOWN"), vms::state_reason.eq(reason.to_owned())))
            .returning((vms::id, vms::workspace_id, vms::created_by));
        let changed: Vec<(Uuid, Uuid, Uuid)> = tx.fetch(change).await?;
        if changed.is_empty() {
            return Ok(0);
        }
        let number = changed.len();
        for (id, workspace, owner) in changed {
            tx.event("vm", id, Some(WorkspaceId(workspace)), Some(owner), "UNKNOWN");
        }
        let details = json!({"after": "UNKNOWN", "reason": reason, "vms": number});
        tx.commit(Leaf::new(Action::VmStateChange, Resource::new("cluster", cluster, ""), details)).await?;
        Ok(number)
    }
}
