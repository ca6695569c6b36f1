//! Namespaces, made just in time and taken away only by the ticket that made them.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ListParams, ObjectMeta, PostParams};
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use shepherd_domain::ids::TicketId;

use super::cluster::Cluster;
use super::kubevirt::{FIELD_MANAGER, MANAGED_BY, MANAGED_BY_US, TICKET_ID, is_of_ticket, text};
use super::orders::{Ensured, NamespaceOrder, Removal};
use super::residue::{KINDS, objects};

/// How often we look again when somebody creates and deletes the namespace under our hands.
const ATTEMPTS: usize = 3;
/// How often, and how long apart, we look for pods before we call a namespace used.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

pub(super) async fn ensure(cluster: &Cluster, order: &NamespaceOrder) -> Result<Ensured, Fault> {
    let api: Api<Namespace> = Api::all(cluster.client.clone());
    let wanted = wanted(order);
    let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    for _ in 0..ATTEMPTS {
        if let Some(found) = cluster.read(Operation::NamespaceRead, &api, &order.name).await? {
            return existing(&found, order);
        }
        let made = cluster.call(Operation::NamespaceCreate, || async {
            match api.create(&params, &wanted).await {
                Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(None),
                made => made.map(Some),
            }
        });
        if let Some(made) = made.await? {
            return Ok(Ensured { created: true, uid: text(made.metadata.uid.as_ref()) });
        }
    }
    Err(Fault::new(FaultCode::ObjectChanged, "the namespace comes and goes"))
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

fn existing(found: &Namespace, order: &NamespaceOrder) -> Result<Ensured, Fault> {
    if found.metadata.deletion_timestamp.is_some() {
        return Err(Fault::new(FaultCode::NamespaceTerminating, "the namespace is being deleted"));
    }
    // Our label means that an earlier attempt made it, even if its answer was lost.
    Ok(Ensured { created: is_of_ticket(&found.metadata, order.ticket_id), uid: text(found.metadata.uid.as_ref()) })
}

pub(super) async fn remove(cluster: &Cluster, name: &str, ticket_id: TicketId) -> Result<Removal, Fault> {
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
