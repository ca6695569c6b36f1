//! Applying and removing one VM; nothing that is not ours is touched.

use std::time::Duration;

use kube::api::{Api, ListParams, ObjectMeta, Patch, PatchParams, PostParams, Request};
use serde_json::{Value, json};
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use tokio::time::timeout;

use super::cluster::Cluster;
use super::follow::{Follow, Seen};
use super::kubevirt::{
    self, FIELD_MANAGER, MANAGED_BY, MANAGED_BY_US, TICKET_ID, Vm, is_of_ticket, text, ticket_selector,
};
use super::orders::{Applied, ObjectKind, Removal, VmOrder, VmRef};
use super::residue::objects;

#[cfg(test)]
mod tests;

/// How long a removal waits for the object to go.
const REMOVAL_PATIENCE: Duration = Duration::from_secs(120);

/// Creates the VM; if its name is taken already, looks whose it is and applies to our own.
///
/// A creation cannot touch what stands there, however late our view of the cluster is, and needs no look before it. To
/// an apply, which makes or changes, the same moment would be a stranger's object changed.
pub(super) async fn apply(cluster: &Cluster, order: &VmOrder) -> Result<Applied, Fault> {
    let applied = applied(cluster, order).await;
    if let Err(fault) = &applied
        && matches!(fault.code, FaultCode::NamespaceNotFound | FaultCode::NamespaceTerminating)
    {
        cluster.namespaces.forget(&order.namespace).await;
    }
    applied
}

async fn applied(cluster: &Cluster, order: &VmOrder) -> Result<Applied, Fault> {
    let (api, manifest) = (cluster.vms(&order.namespace), expected(order)?);
    let refusal = match create(cluster, &api, manifest).await {
        Ok(Some(made)) => return checked(&made.metadata, order, None),
        Ok(None) => Fault::new(FaultCode::ObjectChanged, "the object that had the name is gone"),
        Err(fault) if fault.retryable => return Err(fault),
        // Quotas and admission may refuse a second object although the first is ours: its answer was lost.
        Err(fault) => fault,
    };
    let Some(found) = cluster.read(Operation::VmRead, &api, &order.name).await? else {
        return Err(refusal);
    };
    let uid = ours(&found.metadata, order)?;
    let mut manifest = manifest.clone();
    manifest["metadata"]["uid"] = json!(uid);
    let (params, body) = (PatchParams::apply(FIELD_MANAGER), Patch::Apply(&manifest));
    let applied = cluster.call(Operation::VmApply, || api.patch(&order.name, &params, &body)).await?;
    checked(&applied.metadata, order, Some(&uid))
}

/// The VM as created, or none if its name is taken.
async fn create(cluster: &Cluster, api: &Api<Vm>, manifest: &Value) -> Result<Option<Vm>, Fault> {
    let manifest = serde_json::to_vec(manifest).map_err(|error| invalid(&error.to_string()))?;
    let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    let request = Request::new(api.resource_url()).create(&params, manifest);
    let (mut head, manifest) = request.map_err(|error| invalid(&error.to_string()))?.into_parts();
    // kube cannot ask for it: without it, fields that the cluster does not know are dropped in silence.
    let strict = format!("{}&fieldValidation=Strict", head.uri).parse();
    head.uri = strict.map_err(|error: http::uri::InvalidUri| invalid(&error.to_string()))?;
    cluster
        .call(Operation::VmApply, || async {
            let request = http::Request::from_parts(head.clone(), manifest.clone());
            match cluster.client.request::<Vm>(request).await {
                Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(None),
                made => made.map(Some),
            }
        })
        .await
}

/// UID of our own object, if that is what stands there.
fn ours(found: &ObjectMeta, order: &VmOrder) -> Result<String, Fault> {
    if !is_of_ticket(found, order.ticket_id) {
        return Err(not_ours("an object of that name exists and does not belong to this ticket"));
    }
    if found.deletion_timestamp.is_some() {
        return Err(Fault::new(FaultCode::ObjectTerminating, "the object of an earlier attempt is being deleted"));
    }
    Ok(text(found.uid.as_ref()))
}

/// The manifest as approved, if it is the one of this order.
fn expected(order: &VmOrder) -> Result<&Value, Fault> {
    let body = &order.manifest;
    let metadata = &body["metadata"];
    let ticket = order.ticket_id.to_string();
    let expected = [
        (&body["apiVersion"], "kubevirt.io/v1"),
        (&body["kind"], "VirtualMachine"),
        (&metadata["name"], order.name.as_str()),
        (&metadata["namespace"], order.namespace.as_str()),
        (&metadata["labels"][MANAGED_BY], MANAGED_BY_US),
        (&metadata["labels"][TICKET_ID], ticket.as_str()),
    ];
    match expected.into_iter().find(|(found, wanted)| found.as_str() != Some(wanted)) {
        Some((found, wanted)) => Err(invalid(&format!("the manifest says {found} where {wanted:?} belongs"))),
        None => Ok(body),
    }
}

fn invalid(words: &str) -> Fault {
    Fault::new(FaultCode::ManifestInvalid, words)
}

/// What we applied is what the cluster answered with.
fn checked(applied: &ObjectMeta, order: &VmOrder, uid: Option<&str>) -> Result<Applied, Fault> {
    let answered = text(applied.uid.as_ref());
    if !is_of_ticket(applied, order.ticket_id) || answered.is_empty() || uid.is_some_and(|uid| uid != answered) {
        return Err(not_ours("the object answered does not carry this ticket's label and UID"));
    }
    Ok(Applied { uid: answered, resource_version: text(applied.resource_version.as_ref()) })
}

fn not_ours(words: &str) -> Fault {
    Fault::new(FaultCode::ObjectNotOurs, words)
}

pub(super) async fn remove(cluster: &Cluster, vm: &VmRef) -> Result<Removal, Fault> {
    let api = cluster.vms(&vm.namespace);
    let removal = match cluster.read(Operation::VmRead, &api, &vm.name).await? {
        None => Removal::Absent,
        Some(found) if !is_the_one(&found.metadata, vm) => return Ok(Removal::NotOurs),
        Some(found) => {
            if found.metadata.deletion_timestamp.is_none() {
                cluster.delete(Operation::VmDelete, &api, &found.metadata).await?;
            }
            gone(cluster, vm, found.metadata.uid.as_deref()).await?;
            Removal::Removed
        }
    };
    remove_volumes(cluster, vm).await?;
    Ok(removal)
}

fn is_the_one(found: &ObjectMeta, vm: &VmRef) -> bool {
    is_of_ticket(found, vm.ticket_id) && (vm.uid.is_none() || vm.uid == found.uid)
}

/// Waits until the object of that UID is gone.
async fn gone(cluster: &Cluster, vm: &VmRef, uid: Option<&str>) -> Result<(), Fault> {
    let selection = ListParams::default().fields(&format!("metadata.name={}", vm.name));
    let mut watch = Follow::new(cluster, cluster.vms(&vm.namespace), selection);
    let going = async {
        let mut is_here = false;
        loop {
            match watch.next().await {
                Ok(Seen::Listing) => is_here = false,
                Ok(Seen::Here(found)) => is_here = found.metadata.uid.as_deref() == uid,
                Ok(Seen::Gone(found)) if found.metadata.uid.as_deref() == uid => return Ok(()),
                Ok(Seen::Synced) if !is_here => return Ok(()),
                Ok(Seen::Gone(_) | Seen::Synced) => {}
                Err(fault) if watch.is_hopeless(&fault) => return Err(fault),
                Err(_) => {}
            }
        }
    };
    let still = || Fault::new(FaultCode::VmStillPresent, "the VM is being deleted and has not gone yet");
    timeout(REMOVAL_PATIENCE, going).await.unwrap_or_else(|_| Err(still()))
}

/// Deletes the data volumes of the ticket that the cluster has not collected yet.
async fn remove_volumes(cluster: &Cluster, vm: &VmRef) -> Result<(), Fault> {
    let selection = ListParams::default().labels(&ticket_selector(vm.ticket_id));
    let api: Api<Vm> = cluster.of(&vm.namespace, &kubevirt::data_volumes());
    for volume in objects(cluster, ObjectKind::DataVolume, &vm.namespace, &selection).await? {
        match cluster.delete(Operation::VmDelete, &api, &volume).await {
            // Somebody replaced it; what stands there now is not ours.
            Err(fault) if fault.code == FaultCode::ObjectChanged => {}
            other => other?,
        }
    }
    Ok(())
}
