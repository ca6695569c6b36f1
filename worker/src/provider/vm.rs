//! Applying and removing one VM; nothing that is not ours is touched.

use std::time::Duration;

use kube::api::{Api, ListParams, ObjectMeta, Patch, PatchParams};
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
/// KubeVirt's own managers, which complete the spec of every VM.
const KUBEVIRT_MANAGERS: &[&str] = &["virt-controller", "virt-api", "virt-operator"];

pub(super) async fn apply(cluster: &Cluster, order: &VmOrder) -> Result<Applied, Fault> {
    let api = cluster.vms(&order.namespace);
    let known = match cluster.read(Operation::VmRead, &api, &order.name).await? {
        Some(found) => Some(ours(&found.metadata, order)?),
        None => None,
    };
    let body = body(order, known.as_deref())?;
    let (params, body) = (PatchParams::apply(FIELD_MANAGER), Patch::Apply(&body));
    let applied = match cluster.call(Operation::VmApply, || api.patch(&order.name, &params, &body)).await {
        // The name was free when we looked: whoever owns its fields now came in between.
        Err(fault) if known.is_none() && fault.code == FaultCode::FieldConflict => {
            return Err(not_ours(&fault.message));
        }
        answer => answer?,
    };
    if known.is_none() && is_of_a_stranger(&applied.metadata) {
        withdraw(cluster, &api, order, &applied.metadata).await?;
        return Err(not_ours("another manager created the object at the same moment"));
    }
    checked(&applied.metadata, order, known.as_deref())
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

/// The manifest as approved, with the UID of the object that we know.
fn body(order: &VmOrder, uid: Option<&str>) -> Result<Value, Fault> {
    let mut body = order.manifest.clone();
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
    if let Some((found, wanted)) = expected.into_iter().find(|(found, wanted)| found.as_str() != Some(wanted)) {
        let words = format!("the manifest says {found} where {wanted:?} belongs");
        return Err(Fault::new(FaultCode::ManifestInvalid, words));
    }
    if let Some(uid) = uid {
        body["metadata"]["uid"] = json!(uid);
    }
    Ok(body)
}

/// What we applied is what the cluster answered with.
fn checked(applied: &ObjectMeta, order: &VmOrder, uid: Option<&str>) -> Result<Applied, Fault> {
    let answered = text(applied.uid.as_ref());
    if !is_of_ticket(applied, order.ticket_id) || answered.is_empty() || uid.is_some_and(|uid| uid != answered) {
        return Err(not_ours("the object answered does not carry this ticket's label and UID"));
    }
    Ok(Applied { uid: answered, resource_version: text(applied.resource_version.as_ref()) })
}

/// Whether somebody else, KubeVirt aside, wrote part of the spec.
fn is_of_a_stranger(metadata: &ObjectMeta) -> bool {
    metadata.managed_fields.iter().flatten().any(|entry| {
        let manager = entry.manager.as_deref().unwrap_or_default();
        let wrote_spec = entry.fields_v1.as_ref().is_some_and(|fields| fields.0.get("f:spec").is_some());
        wrote_spec && entry.subresource.is_none() && manager != FIELD_MANAGER && !KUBEVIRT_MANAGERS.contains(&manager)
    })
}

/// Gives back every field that our apply put on a stranger's object, our labels first of all.
async fn withdraw(cluster: &Cluster, api: &Api<Vm>, order: &VmOrder, applied: &ObjectMeta) -> Result<(), Fault> {
    let nothing = json!({
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": {"name": order.name, "uid": applied.uid},
    });
    let (params, nothing) = (PatchParams::apply(FIELD_MANAGER), Patch::Apply(&nothing));
    cluster.call(Operation::VmApply, || api.patch(&order.name, &params, &nothing)).await.map(drop)
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
