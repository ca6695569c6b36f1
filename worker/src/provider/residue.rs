//! What a ticket left on a cluster.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, ListParams, ObjectMeta};
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use shepherd_domain::ids::TicketId;

use super::cluster::Cluster;
use super::kubevirt::{self, Vm, is_of_ticket, text, ticket_selector};
use super::orders::{ObjectKind, ObjectRef};

/// Kinds that live in a namespace and belong to a VM.
pub(super) const KINDS: [ObjectKind; 3] =
    [ObjectKind::VirtualMachine, ObjectKind::VirtualMachineInstance, ObjectKind::DataVolume];

pub(super) async fn residue(cluster: &Cluster, ticket_id: TicketId, namespace: &str) -> Result<Vec<ObjectRef>, Fault> {
    let mut left = Vec::new();
    let selection = ListParams::default().labels(&ticket_selector(ticket_id));
    for kind in KINDS {
        let found = objects(cluster, kind, namespace, &selection).await?;
        left.extend(found.iter().map(|metadata| reference(kind, metadata)));
    }
    let api: Api<Namespace> = Api::all(cluster.client.clone());
    if let Some(Namespace { metadata, .. }) = cluster.read(Operation::NamespaceRead, &api, namespace).await?
        && is_of_ticket(&metadata, ticket_id)
        && metadata.deletion_timestamp.is_none()
    {
        left.push(reference(ObjectKind::Namespace, &metadata));
    }
    Ok(left)
}

/// Lists the objects of a kind that are not on their way out.
pub(super) async fn objects(
    cluster: &Cluster,
    kind: ObjectKind,
    namespace: &str,
    selection: &ListParams,
) -> Result<Vec<ObjectMeta>, Fault> {
    let resource = match kind {
        ObjectKind::VirtualMachineInstance => kubevirt::virtual_machine_instances(),
        ObjectKind::DataVolume => kubevirt::data_volumes(),
        _ => kubevirt::virtual_machines(),
    };
    let api: Api<Vm> = cluster.of(namespace, &resource);
    match cluster.call(Operation::VmRead, || api.list_metadata(selection)).await {
        Ok(list) => {
            let metadata = list.items.into_iter().map(|object| object.metadata);
            Ok(metadata.filter(|metadata| metadata.deletion_timestamp.is_none()).collect())
        }
        // A cluster without CDI has no data volumes.
        Err(fault) if kind == ObjectKind::DataVolume && fault.code == FaultCode::KubevirtMissing => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

fn reference(kind: ObjectKind, metadata: &ObjectMeta) -> ObjectRef {
    ObjectRef {
        kind,
        namespace: text(metadata.namespace.as_ref()),
        name: text(metadata.name.as_ref()),
        uid: text(metadata.uid.as_ref()),
    }
}
