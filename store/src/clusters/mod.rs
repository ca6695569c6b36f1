//! Clusters: where VMs run, shared by all tenants. The credential goes in and never comes out again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::{delete, insert_into, update};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::environment::Environment;
use shepherd_domain::ids::ClusterId;
use shepherd_domain::kubeconfig::Kubeconfig;
use shepherd_domain::name::Label;
use shepherd_domain::placement::ClusterStatus;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::orders::{OrderKind, cluster_workflow};
use crate::page::{Page, PageQuery};
use crate::pipeline::All;
use crate::schema::{approval_requests, clusters, vms};
use crate::seal::{Key, cluster_context};
use crate::systems::{already_exists, restricted};
use crate::tx::Tx;

mod check;

pub use check::WatchedCluster;

/// A cluster as it is stored, without its credential.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = clusters)]
pub struct Cluster {
    pub id: Uuid,
    pub name: String,
    pub display_name: String,
    pub environment: String,
    pub enabled: bool,
    pub api_server_url: String,
    pub credential_version: i32,
    pub status: String,
    /// What the last check found.
    pub verdict: Value,
    pub checked_at: Option<DateTime<Utc>>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Which clusters.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClusterFilter {
    pub environment: Option<Environment>,
    pub status: Option<ClusterStatus>,
    pub enabled: Option<bool>,
}

/// A kubeconfig that the strict parser took.
#[derive(Clone, Debug)]
pub struct Credential {
    text: SecretString,
    api_server_url: String,
}

impl Credential {
    /// Parses a kubeconfig.
    ///
    /// # Errors
    /// `KUBECONFIG_REFUSED` with the reason and where it stands.
    pub fn parse(text: String) -> Result<Self, Refusal> {
        let parsed = Kubeconfig::parse(&text).map_err(|refusal| {
            let params = json!({"reason": refusal.reason.as_str(), "pointer": refusal.pointer});
            Refusal::new(Code::KubeconfigRefused).with(params)
        })?;
        Ok(Self { api_server_url: parsed.server().to_string(), text: SecretString::from(text) })
    }

    fn seal(&self, key: &Key, id: ClusterId) -> Result<Vec<u8>> {
        key.seal(&cluster_context(id, key.id()), self.text.expose_secret().as_bytes())
    }
}

/// A cluster to be registered.
#[derive(Clone, Debug)]
pub struct NewCluster {
    pub name: Label,
    pub display_name: String,
    pub environment: Environment,
    pub credential: Credential,
}

/// What may change; absent members stay.
#[derive(Clone, Debug, Default)]
pub struct ClusterChange {
    pub display_name: Option<String>,
    pub enabled: Option<bool>,
}

impl Store {
    /// Clusters, by name.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` without any grant to read clusters.
    pub async fn clusters_list(&self, ctx: &Ctx, filter: ClusterFilter, page: PageQuery) -> Result<Page<Cluster>> {
        let matching = || {
            let mut all = clusters::table.into_boxed();
            if let Some(environment) = filter.environment {
                all = all.filter(clusters::environment.eq(environment.as_str()));
            }
            if let Some(status) = filter.status {
                all = all.filter(clusters::status.eq(status.as_str()));
            }
            if let Some(enabled) = filter.enabled {
                all = all.filter(clusters::enabled.eq(enabled));
            }
            all
        };
        let rows = matching().select(Cluster::as_select()).limit(page.per_page).offset(page.offset());
        let rows = if page.descending { rows.order(clusters::name.desc()) } else { rows.order(clusters::name.asc()) };
        let batch = All((rows, matching().count()));
        let (actor, (items, total)): (_, (Vec<Cluster>, Vec<i64>)) = self.read(ctx, batch).await?;
        let resource = Resource::new("cluster", "", "");
        self.allow(ctx, &actor, Permission::ClusterRead, Scope::Any, resource).await?;
        Ok(Page { items, total: total.first().copied().unwrap_or(0) })
    }

    /// One cluster.
    ///
    /// # Errors
    /// `NOT_FOUND` also for callers who may not see clusters.
    pub async fn cluster_view(&self, ctx: &Ctx, id: ClusterId) -> Result<Cluster> {
        let query = clusters::table.find(id.0).select(Cluster::as_select());
        let (actor, rows): (_, Vec<Cluster>) = self.read(ctx, query).await?;
        let cluster = rows.into_iter().next().filter(|_| actor.allows(Permission::ClusterRead, Scope::Any));
        cluster.ok_or_else(|| Refusal::not_found("cluster").into())
    }

    /// Registers a cluster, its credential sealed under `key`, and orders its first check.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `ALREADY_EXISTS`.
    pub async fn cluster_register(&self, ctx: &Ctx, key: &Key, new: NewCluster) -> Result<Cluster> {
        let (id, name) = (ClusterId(Uuid::now_v7()), new.name.as_str());
        let after = json!({
            "display_name": new.display_name, "environment": new.environment,
            "api_server_url": new.credential.api_server_url,
        });
        let leaf = Leaf::new(Action::ClusterRegister, Resource::new("cluster", id, name), json!({"after": after}));
        let leaf = leaf.platform();
        let mut tx = self.identified(ctx).await?;
        tx.allow(Permission::ClusterManage, Scope::Tenant, leaf.clone()).await?;
        let row = (
            clusters::id.eq(id.0),
            clusters::name.eq(name.to_owned()),
            clusters::display_name.eq(new.display_name),
            clusters::environment.eq(new.environment.as_str()),
            clusters::sealed_kubeconfig.eq(new.credential.seal(key, id)?),
            clusters::encryption_key_id.eq(key.id().to_owned()),
            clusters::api_server_url.eq(new.credential.api_server_url),
            clusters::created_by.eq(tx.actor()?.principal.0),
        );
        let insert = insert_into(clusters::table).values(row).returning(Cluster::as_returning());
        let cluster: Option<Cluster> = tx
            .one(insert)
            .await
            .map_err(|error| error.refuse_on("clusters_name_key", || already_exists("cluster", name)))?;
        let cluster = cluster.ok_or_else(|| Error::Stored("insert returned no row".to_owned()))?;
        order_check(&mut tx, &cluster);
        tx.event("cluster", id.0, None, None, ClusterStatus::Unknown.as_str());
        tx.made(id.0);
        tx.commit(leaf).await?;
        Ok(cluster)
    }

    /// Changes the display name, or opens and closes the cluster for new VMs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn cluster_update(&self, ctx: &Ctx, id: ClusterId, change: ClusterChange) -> Result<Cluster> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let display_name = change.display_name.unwrap_or_else(|| before.display_name.clone());
        let enabled = change.enabled.unwrap_or(before.enabled);
        let changes = json!({
            "before": {"display_name": before.display_name, "enabled": before.enabled},
            "after": {"display_name": display_name, "enabled": enabled},
        });
        let leaf = leaf(Action::ClusterUpdate, &before, changes);
        tx.allow(Permission::ClusterManage, Scope::Tenant, leaf.clone()).await?;
        let change = update(clusters::table.find(id.0))
            .set((clusters::display_name.eq(display_name), clusters::enabled.eq(enabled)))
            .returning(Cluster::as_returning());
        let after = tx.one(change).await?;
        tx.commit(leaf).await?;
        after.ok_or_else(|| Refusal::not_found("cluster").into())
    }

    /// Replaces the credential. Until its check has passed, the cluster cannot be chosen.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn cluster_rotate(&self, ctx: &Ctx, key: &Key, id: ClusterId, credential: Credential) -> Result<Cluster> {
        let mut tx = self.tx(ctx).await?;
        let before = locked(&mut tx, id).await?;
        let changes = json!({
            "before": {"version": before.credential_version, "api_server_url": before.api_server_url},
            "after": {"version": before.credential_version + 1, "api_server_url": credential.api_server_url},
        });
        let leaf = leaf(Action::ClusterCredentialRotate, &before, changes);
        tx.allow(Permission::ClusterManage, Scope::Tenant, leaf.clone()).await?;
        let change = update(clusters::table.find(id.0))
            .set((
                clusters::sealed_kubeconfig.eq(credential.seal(key, id)?),
                clusters::encryption_key_id.eq(key.id().to_owned()),
                clusters::api_server_url.eq(credential.api_server_url),
                clusters::credential_version.eq(clusters::credential_version + 1),
                clusters::status.eq(ClusterStatus::Unknown.as_str()),
                clusters::verdict.eq(json!({})),
                clusters::checked_at.eq(None::<DateTime<Utc>>),
            ))
            .returning(Cluster::as_returning());
        let after: Option<Cluster> = tx.one(change).await?;
        let after = after.ok_or_else(|| Refusal::not_found("cluster"))?;
        order_check(&mut tx, &after);
        tx.event("cluster", id.0, None, None, ClusterStatus::Unknown.as_str());
        tx.commit(leaf).await?;
        Ok(after)
    }

    /// Orders another check; the verdict of the last one holds until it is done.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn cluster_check(&self, ctx: &Ctx, id: ClusterId) -> Result<Cluster> {
        let mut tx = self.tx(ctx).await?;
        let cluster = locked(&mut tx, id).await?;
        let leaf = leaf(Action::ClusterCheckRequest, &cluster, json!({"version": cluster.credential_version}));
        tx.allow(Permission::ClusterManage, Scope::Tenant, leaf.clone()).await?;
        order_check(&mut tx, &cluster);
        tx.commit(leaf).await?;
        Ok(cluster)
    }

    /// Deletes a cluster that nothing was ever approved for.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `DELETE_RESTRICTED` with the number of the tenant's VMs, or of approvals.
    pub async fn cluster_delete(&self, ctx: &Ctx, id: ClusterId) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let cluster = locked(&mut tx, id).await?;
        let before = json!({"environment": cluster.environment, "api_server_url": cluster.api_server_url});
        let leaf = leaf(Action::ClusterDelete, &cluster, json!({"before": before}));
        tx.allow(Permission::ClusterManage, Scope::Tenant, leaf.clone()).await?;
        let vms = vms::table.filter(vms::tenant_id.eq(ctx.tenant.0).and(vms::cluster_id.eq(id.0))).count();
        let approvals = approval_requests::table
            .filter(approval_requests::tenant_id.eq(ctx.tenant.0).and(approval_requests::cluster_id.eq(id.0)))
            .count();
        let (vms, approvals): (Vec<i64>, Vec<i64>) = tx.fetch(All((vms, approvals))).await?;
        for (child, count) in [("vm", vms.first()), ("approval", approvals.first())] {
            if let Some(count) = count.copied().filter(|count| *count > 0) {
                return Err(restricted("cluster", child, count).into());
            }
        }
        tx.write(delete(clusters::table.find(id.0)));
        // Other tenants' rows are not ours to count; the foreign keys know of them.
        tx.commit(leaf).await.map_err(|error| {
            error
                .refuse_on("vms_cluster_id_fkey", || restricted("cluster", "vm", 1))
                .refuse_on("approval_requests_cluster_id_fkey", || restricted("cluster", "approval", 1))
        })
    }
}

async fn locked(tx: &mut Tx, id: ClusterId) -> Result<Cluster> {
    let query = clusters::table.find(id.0).select(Cluster::as_select()).for_no_key_update();
    let cluster: Option<Cluster> = tx.one(query).await?;
    let seen = tx.actor()?.allows(Permission::ClusterRead, Scope::Any);
    cluster.filter(|_| seen).ok_or_else(|| Refusal::not_found("cluster").into())
}

/// Orders the check of the credential that the cluster has now.
fn order_check(tx: &mut Tx, cluster: &Cluster) {
    let (id, order) = (ClusterId(cluster.id), Uuid::now_v7());
    let payload = json!({"cluster_id": id, "credential_version": cluster.credential_version});
    tx.order(order, cluster_workflow(id, order), OrderKind::ClusterCheck, payload);
}

fn leaf(action: Action, cluster: &Cluster, details: Value) -> Leaf {
    Leaf::new(action, Resource::new("cluster", cluster.id, &cluster.name), details).platform()
}
