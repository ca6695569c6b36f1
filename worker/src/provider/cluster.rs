//! One cluster: the client, and how its objects are read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use http::Request;
use kube::api::{Api, ApiResource, DeleteParams, ObjectMeta, Preconditions, Resource};
use kube::{Client, Error};
use serde::de::DeserializeOwned;
use shepherd_domain::fault::{Fault, Operation};
use shepherd_domain::ids::TicketId;
use shepherd_domain::kubeconfig::Kubeconfig;

use super::board::Board;
use super::egress::EgressPolicy;
use super::kubevirt::{self, Vm, text};
use super::namespace::Namespaces;
use super::orders::{
    Applied, ClusterVerdict, Ensured, NamespaceOrder, ObjectRef, Removal, VmChange, VmOrder, VmReady, VmRef,
};
use super::pace::Pace;
use super::transport::Transport;
use super::{Provider, changes, check, errors, namespace, ready, residue, vm};

/// Client of one cluster. Cheap to clone; the caller keeps one per cluster and credential version,
/// because clones share connections, pace and what is known of the cluster.
#[derive(Clone)]
pub struct Cluster {
    pub(super) client: Client,
    pace: Arc<Pace>,
    /// What the one watch of the cluster shows, while [`Provider::watch_vms`] is read.
    pub(super) board: Board,
    pub(super) namespaces: Namespaces,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").finish_non_exhaustive()
    }
}

impl Cluster {
    /// Prepares the client; connects with the first call. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// `EGRESS_DENIED` for a literal address that the policy forbids,
    /// `CLUSTER_CREDENTIAL_REJECTED` for a certificate or key that cannot be used.
    pub fn new(kubeconfig: &Kubeconfig, egress: EgressPolicy) -> Result<Self, Fault> {
        let pace = Arc::new(Pace::new());
        let transport =
            Transport::new(kubeconfig, egress, Arc::clone(&pace)).map_err(|error| errors::unusable(error.as_ref()))?;
        let transport = Arc::new(transport);
        let service = tower::service_fn(move |request| {
            let transport = Arc::clone(&transport);
            async move { transport.send(request).await }
        });
        Ok(Self::with(Client::new(service, "default"), pace))
    }

    /// A cluster behind a client made by a test.
    #[cfg(test)]
    pub(super) fn over(client: Client) -> Self {
        Self::with(client, Arc::new(Pace::new()))
    }

    fn with(client: Client, pace: Arc<Pace>) -> Self {
        Self { client, pace, board: Board::default(), namespaces: Namespaces::new() }
    }

    /// Makes a call and classifies its error.
    ///
    /// An API server that has just started denies what it allows a second later, because it does not
    /// know its roles yet. So a denial counts only if a server that is ready repeats it.
    pub(super) async fn call<T, F>(&self, operation: Operation, call: impl Fn() -> F) -> Result<T, Fault>
    where
        F: Future<Output = kube::Result<T>>,
    {
        match self.judged(operation, call().await) {
            Err(denial) if denial.is_denial() && self.is_ready().await => self.judged(operation, call().await),
            Err(denial) if denial.is_denial() => Err(denial.passing()),
            answer => answer,
        }
    }

    /// Classifies an answer; adds the pause that the cluster asked for in a header.
    fn judged<T>(&self, operation: Operation, answer: kube::Result<T>) -> Result<T, Fault> {
        answer.map_err(|error| self.fault(operation, &error))
    }

    pub(super) fn fault(&self, operation: Operation, error: &Error) -> Fault {
        let fault = errors::fault(operation, error);
        let wait = fault.retry_after.or_else(|| self.pace.pause_left());
        fault.after(wait)
    }

    /// Whether the API server says that it is ready.
    pub(super) async fn is_ready(&self) -> bool {
        let request = Request::get("/readyz").body(Vec::new());
        match request {
            Ok(request) => self.client.request_text(request).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Reads an object that may not exist. A missing API is a fault, not an absence.
    pub(super) async fn read<K>(&self, operation: Operation, api: &Api<K>, name: &str) -> Result<Option<K>, Fault>
    where
        K: Clone + DeserializeOwned + fmt::Debug,
    {
        self.call(operation, || async {
            match api.get(name).await {
                Err(error) if is_absent(&error, name) => Ok(None),
                found => found.map(Some),
            }
        })
        .await
    }

    /// Deletes exactly the object that was read; one that is gone already is as good.
    pub(super) async fn delete<K>(&self, operation: Operation, api: &Api<K>, found: &ObjectMeta) -> Result<(), Fault>
    where
        K: Clone + DeserializeOwned + fmt::Debug,
    {
        let name = text(found.name.as_ref());
        let preconditions = Preconditions { uid: found.uid.clone(), resource_version: None };
        let params = DeleteParams::default().preconditions(preconditions);
        self.call(operation, || async {
            match api.delete(&name, &params).await {
                Err(error) if is_absent(&error, &name) => Ok(()),
                answer => answer.map(drop),
            }
        })
        .await
    }

    pub(super) fn vms(&self, namespace: &str) -> Api<Vm> {
        self.of(namespace, &kubevirt::virtual_machines())
    }

    pub(super) fn of<K>(&self, namespace: &str, resource: &ApiResource) -> Api<K>
    where
        K: Resource<DynamicType = ApiResource, Scope = kube::core::DynamicResourceScope>,
    {
        Api::namespaced_with(self.client.clone(), namespace, resource)
    }
}

/// Whether the answer says that this very object does not exist, rather than its API.
fn is_absent(error: &Error, name: &str) -> bool {
    match error {
        Error::Api(status) => status.code == 404 && status.details.as_ref().is_some_and(|details| details.name == name),
        _ => false,
    }
}

#[async_trait]
impl Provider for Cluster {
    async fn check(&self) -> ClusterVerdict {
        check::check(self).await
    }

    async fn ensure_namespace(&self, order: &NamespaceOrder) -> Result<Ensured, Fault> {
        namespace::ensure(self, order).await
    }

    async fn apply_vm(&self, order: &VmOrder) -> Result<Applied, Fault> {
        vm::apply(self, order).await
    }

    async fn await_vm_ready(&self, vm: &VmRef, patience: Duration) -> Result<VmReady, Fault> {
        ready::wait(self, vm, patience).await
    }

    async fn remove_vm(&self, vm: &VmRef) -> Result<Removal, Fault> {
        vm::remove(self, vm).await
    }

    async fn remove_namespace(&self, name: &str, ticket_id: TicketId) -> Result<Removal, Fault> {
        namespace::remove(self, name, ticket_id).await
    }

    async fn residue(&self, ticket_id: TicketId, namespace: &str) -> Result<Vec<ObjectRef>, Fault> {
        residue::residue(self, ticket_id, namespace).await
    }

    fn watch_vms(&self) -> BoxStream<'static, Result<VmChange, Fault>> {
        changes::watch(self)
    }
}
