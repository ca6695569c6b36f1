//! Clients of clusters, one per credential, made when first needed.

use shepherd_domain::fault::{Fault, FaultCode};
use shepherd_domain::ids::ClusterId;
use shepherd_domain::kubeconfig::Kubeconfig;
use shepherd_store::seal::{Key, cluster_context};
use shepherd_store::{Ctx, Store};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::provider::{Cluster, EgressPolicy, Provider};

/// Version of a credential and what was made from it.
type Client = (i32, Arc<dyn Provider>);

/// Opens credentials and keeps the clients made from them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Clusters {
    store: Store,
    key: Key,
    egress: EgressPolicy,
    clients: Arc<Mutex<HashMap<ClusterId, Client>>>,
}

impl Clusters {
    pub(crate) fn new(store: Store, key: Key, egress: EgressPolicy) -> Self {
        Self { store, key, egress, clients: Arc::default() }
    }

    /// Client of a cluster under its newest credential, and that credential's version.
    ///
    /// # Errors
    /// `CLUSTER_UNHEALTHY` when the database does not answer, `CLUSTER_CREDENTIAL_REJECTED` when the credential does
    /// not open, `EGRESS_DENIED`.
    pub(crate) async fn provider(&self, ctx: &Ctx, id: ClusterId) -> Result<Client, Fault> {
        let unreadable = |error: shepherd_store::Error| Fault::new(FaultCode::ClusterUnhealthy, error.to_string());
        let (sealed, key_id, version) = self.store.cluster_credential(ctx, id).await.map_err(unreadable)?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, client)) = clients.get(&id)
            && *known == version
        {
            return Ok((version, Arc::clone(client)));
        }
        let rejected = |words: &str| Fault::new(FaultCode::ClusterCredentialRejected, words);
        let plain = self.key.open(&cluster_context(id, &key_id), &sealed);
        let plain = plain.map_err(|_| rejected("the stored credential does not open"))?;
        let text = String::from_utf8(plain).map_err(|_| rejected("the stored credential is no text"))?;
        let kubeconfig = Kubeconfig::parse(&text).map_err(|_| rejected("the stored credential does not parse"))?;
        let client: Arc<dyn Provider> = Arc::new(Cluster::new(&kubeconfig, self.egress.clone())?);
        clients.insert(id, (version, Arc::clone(&client)));
        Ok((version, client))
    }
}
