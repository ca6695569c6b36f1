//! What the worker needs of clusters: credentials to use, verdicts to store, clusters to watch.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel::update;
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::ClusterId;
use shepherd_domain::placement::ClusterStatus;
use uuid::Uuid;

use super::{Cluster, leaf};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::schema::clusters;

/// A cluster to keep an eye on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedCluster {
    pub id: ClusterId,
    pub name: String,
    /// A client that was made from an older credential is of no use any more.
    pub credential_version: i32,
    pub status: ClusterStatus,
}

impl Store {
    /// Sealed credential of a cluster with the id of its key and its version, for the worker.
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

    /// Stores what a check of the credential `credential_version` found. Answers whether it counts: a verdict on an
    /// older credential is dropped. `UNKNOWN` is no verdict. Safe to repeat.
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
        let current = clusters::table.find(id.0).filter(clusters::credential_version.eq(credential_version));
        let change = update(current)
            .set((
                clusters::status.eq(status.as_str()),
                clusters::verdict.eq(verdict.clone()),
                clusters::checked_at.eq(now),
            ))
            .returning(Cluster::as_returning());
        let Some(cluster): Option<Cluster> = tx.one(change).await? else { return Ok(false) };
        tx.event("cluster", id.0, None, None, status.as_str());
        let details = json!({"version": credential_version, "status": status, "verdict": verdict});
        tx.commit(leaf(Action::ClusterCheck, &cluster, details)).await?;
        Ok(true)
    }

    /// Every cluster by name, for the worker. One that is closed for new VMs still runs its old ones.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn clusters_watched(&self, ctx: &Ctx) -> Result<Vec<WatchedCluster>> {
        let query = clusters::table.order(clusters::name).select((
            clusters::id,
            clusters::name,
            clusters::credential_version,
            clusters::status,
        ));
        let (_, rows): (_, Vec<(Uuid, String, i32, String)>) = self.read(ctx, query).await?;
        let cluster = |(id, name, credential_version, status): (_, _, _, String)| {
            let status = ClusterStatus::from_word(&status).ok_or_else(|| Error::Stored(format!("status {status}")))?;
            Ok(WatchedCluster { id: ClusterId(id), name, credential_version, status })
        };
        rows.into_iter().map(cluster).collect()
    }
}
