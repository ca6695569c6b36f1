//! Clusters as the worker needs them: credentials to open, verdicts to store.

use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use diesel::update;
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::ClusterId;
use shepherd_domain::placement::ClusterStatus;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};
use crate::schema::clusters;

/// A cluster that may be watched.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = clusters)]
pub struct WatchedCluster {
    pub id: Uuid,
    pub name: String,
    pub credential_version: i32,
}

impl Store {
    /// Sealed credential of a cluster with the id of its key and its version.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown cluster.
    pub async fn cluster_credential(&self, ctx: &Ctx, id: ClusterId) -> Result<(Vec<u8>, String, i32)> {
        let query = clusters::table.filter(clusters::id.eq(id.0)).select((
            clusters::sealed_kubeconfig,
            clusters::encryption_key_id,
            clusters::credential_version,
        ));
        let (_, rows): (_, Vec<(Vec<u8>, String, i32)>) = self.read(ctx, query).await?;
        rows.into_iter().next().ok_or_else(|| Refusal::not_found("cluster").into())
    }

    /// Clusters that are in use.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn clusters_enabled(&self, ctx: &Ctx) -> Result<Vec<WatchedCluster>> {
        let query = clusters::table.filter(clusters::enabled).select(WatchedCluster::as_select());
        Ok(self.read(ctx, query).await?.1)
    }

    /// Stores the verdict of a check; answers whether it was about the newest credential. One about an older
    /// credential says nothing any more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn cluster_checked(
        &self,
        ctx: &Ctx,
        id: ClusterId,
        credential_version: i32,
        status: ClusterStatus,
        verdict: Value,
    ) -> Result<bool> {
        let mut tx = self.tx(ctx).await?;
        let current =
            clusters::table.filter(clusters::id.eq(id.0).and(clusters::credential_version.eq(credential_version)));
        let change = update(current)
            .set((
                clusters::status.eq(status.as_str()),
                clusters::verdict.eq(verdict.clone().into_sql::<Jsonb>()),
                clusters::checked_at.eq(diesel::dsl::now),
            ))
            .returning(clusters::name);
        let Some(name): Option<String> = tx.one(change).await? else { return Ok(false) };
        tx.event("cluster", id.0, None, None, status.as_str());
        let details = json!({"status": status, "verdict": verdict});
        tx.commit(Leaf::new(Action::ClusterCheck, Resource::new("cluster", id, name), details).platform()).await?;
        Ok(true)
    }
}
