//! Namespaces, made just in time and taken away only by the ticket that made them.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ListParams, ObjectMeta, PostParams};
use moka::future::Cache;
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use shepherd_domain::ids::TicketId;

use super::cluster::Cluster;
use super::kubevirt::{FIELD_MANAGER, MANAGED_BY, MANAGED_BY_US, TICKET_ID, is_of_ticket, label, text};
use super::orders::{Ensured, NamespaceOrder, Removal};
use super::residue::{KINDS, objects};

#[cfg(test)]
mod tests;

/// How often we look again when somebody creates and deletes the namespace under our hands.
const ATTEMPTS: usize = 3;
/// How often, and how long apart, we look for pods before we call a namespace used.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// How many namespaces of a cluster are known at a time, and for how long.
const KNOWN: u64 = 1_000;
const KNOWN_FOR: Duration = Duration::from_secs(60);

/// A namespace that exists.
#[derive(Clone)]
struct Known {
    uid: String,
    made_by: Option<String>,
}

/// Namespaces of a cluster that were seen a moment ago. Who relies on one and finds it gone must have it forgotten.
#[derive(Clone)]
pub(super) struct Namespaces(Cache<String, Known>);

impl Namespaces {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build())
    }

    pub(super) async fn forget(&self, name: &str) {
        self.0.invalidate(name).await;
    }

    async fn is_made_by(&self, name: &str, ticket: &str) -> bool {
        self.0.get(name).await.is_some_and(|known| known.made_by.as_deref() == Some(ticket))
    }
}

pub(super) async fn ensure(cluster: &Cluster, order: &NamespaceOrder) -> Result<Ensured, Fault> {
    let ticket = order.ticket_id.to_string();
    // It is asked for a second time by the ticket that made it: something went wrong since.
    if cluster.namespaces.is_made_by(&order.name, &ticket).await {
        cluster.namespaces.forget(&order.name).await;
    }
    // Of many that want the same one at once, the first asks the cluster for all.
    let known = cluster.namespaces.0.try_get_with_by_ref(&order.name, found_or_made(cluster, order)).await;
    let known = known.map_err(|fault| Fault::clone(&fault))?;
    // The label says that an earlier attempt made it, even if its answer was lost.
    Ok(Ensured { created: known.made_by == Some(ticket), uid: known.uid })
}

async fn found_or_made(cluster: &Cluster, order: &NamespaceOrder) -> Result<Known, Fault> {
    let api: Api<Namespace> = Api::all(cluster.client.clone());
    let wanted = wanted(order);
    let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    for _ in 0..ATTEMPTS {
        if let Some(found) = cluster.read(Operation::NamespaceRead, &api, &order.name).await? {
            return known(&found.metadata);
        }
        let made = cluster.call(Operation::NamespaceCreate, || async {
            match api.create(&params, &wanted).await {
                Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(None),
                made => made.map(Some),
            }
        });
        if let Some(made) = made.await? {
            return known(&made.metadata);
        }
    }
    Err(Fault::new(FaultCode::ObjectChanged, "the namespace comes and goes"))
}

fn known(found: &ObjectMeta) -> Result<Known, Fault> {
    if found.deletion_timestamp.is_some() {
        return Err(Fault::new(FaultCode::NamespaceTerminating, "the namespace is being deleted"));
    }
    let made_by = match label(found, MANAGED_BY) {
        Some(MANAGED_BY_US) => label(found, TICKET_ID).map(str::to_owned),
        _ => None,
    };
    Ok(Known { uid: text(found.uid.as_ref()), made_by })
}

fn wanted(order: &NamespaceOrder) -> Namespace {
    let mut labels = order.labels.clone();
    labels.insert(MANAGED_BY.to_owned(), MANAGED_BY_US.to_owned());
    labels.insert(TICKET_ID.to_owned(), order.ticket_id.to_string());
    Namespace {
        metadata: ObjectMeta {
            name: Some(order.name.clone()),
            labels: Some(labels),
            annotations: Some(order.annotations.clone()),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    }
}

pub(super) async fn remove(cluster: &Cluster, name: &str, ticket_id: TicketId) -> Result<Removal, Fault> {
    cluster.namespaces.forget(name).await;
    let api: Api<Namespace> = Api::all(cluster.client.clone());
    let Some(found) = cluster.read(Operation::NamespaceRead, &api, name).await? else {
        return Ok(Removal::Absent);
    };
    if !is_of_ticket(&found.metadata, ticket_id) {
        return Ok(Removal::NotOurs);
    }
    if found.metadata.deletion_timestamp.is_some() {
        return Ok(Removal::Removed);
    }
    if is_in_use(cluster, name).await? {
        return Ok(Removal::InUse);
    }
    cluster.delete(Operation::NamespaceDelete, &api, &found.metadata).await?;
    Ok(Removal::Removed)
}

/// Whether something is in the namespace that is not on its way out: KubeVirt's objects or a pod.
async fn is_in_use(cluster: &Cluster, name: &str) -> Result<bool, Fault> {
    for kind in KINDS {
        if !objects(cluster, kind, name, &ListParams::default()).await?.is_empty() {
            return Ok(true);
        }
    }
    // Pods of what was just removed need a moment to go.
    for _ in 0..LOOKS {
        if !has_pods(cluster, name).await? {
            return Ok(false);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    has_pods(cluster, name).await
}

async fn has_pods(cluster: &Cluster, name: &str) -> Result<bool, Fault> {
    let api: Api<Pod> = Api::namespaced(cluster.client.clone(), name);
    let all = ListParams::default();
    let list = cluster.call(Operation::NamespaceRead, || api.list_metadata(&all)).await?;
    Ok(list.items.iter().any(|pod| pod.metadata.deletion_timestamp.is_none()))
}
