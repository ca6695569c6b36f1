//! What goes into a [`Provider`](super::Provider) and what comes out of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shepherd_domain::fault::Fault;
use shepherd_domain::ids::TicketId;
use shepherd_domain::vm::VmState;

use super::rights::Right;

/// Namespace to make sure of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceOrder {
    /// Name on the cluster.
    pub name: String,
    /// Ticket for which it would be created.
    pub ticket_id: TicketId,
    /// Labels besides `managed-by` and `ticket-id`, which are always set.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
}

/// Namespace that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ensured {
    /// Whether this ticket created it, now or in an earlier attempt.
    pub created: bool,
    /// UID on the cluster.
    pub uid: String,
}

/// VM to apply.
#[derive(Debug, Clone, PartialEq)]
pub struct VmOrder {
    /// Namespace on the cluster.
    pub namespace: String,
    /// Name on the cluster.
    pub name: String,
    /// Ticket whose VM it is.
    pub ticket_id: TicketId,
    /// Manifest as approved; holds the labels `managed-by` and `ticket-id`.
    pub manifest: Value,
}

/// VM that the cluster accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// UID on the cluster.
    pub uid: String,
    /// Version of the object after the apply.
    pub resource_version: String,
}

/// VM of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmRef {
    /// Namespace on the cluster.
    pub namespace: String,
    /// Name on the cluster.
    pub name: String,
    /// Ticket whose VM it is.
    pub ticket_id: TicketId,
    /// UID, once the apply was answered.
    pub uid: Option<String>,
}

/// VM that runs and is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmReady {
    /// UID on the cluster.
    pub uid: String,
    /// Version of the object that was ready.
    pub resource_version: String,
}

/// How a removal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Removal {
    /// It was ours and is gone, or (namespace) on its way out.
    Removed,
    /// There was nothing.
    Absent,
    /// There is something that is not ours; untouched.
    NotOurs,
    /// The namespace is ours and holds VMs; untouched.
    InUse,
}

/// Kind of an object of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectKind {
    /// `v1 Namespace`.
    Namespace,
    /// `kubevirt.io/v1 VirtualMachine`.
    VirtualMachine,
    /// `kubevirt.io/v1 VirtualMachineInstance`.
    VirtualMachineInstance,
    /// `cdi.kubevirt.io/v1beta1 DataVolume`.
    DataVolume,
}

/// Object on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Kind.
    pub kind: ObjectKind,
    /// Namespace; empty for a namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
}

/// Step of [`watch_vms`](super::Provider::watch_vms).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VmChange {
    /// A complete listing begins; what is not seen until `Synced` is gone.
    Listing,
    /// A VM as it is now.
    Seen(VmSighting),
    /// A VM that was deleted, as it was last.
    Gone(VmSighting),
    /// The listing is complete.
    Synced,
}

/// VM of the platform as seen on its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VmSighting {
    /// Namespace on the cluster.
    pub namespace: String,
    /// Name on the cluster.
    pub name: String,
    /// Ticket named by its label; none if the label is missing or no UUID.
    pub ticket_id: Option<TicketId>,
    /// UID.
    pub uid: String,
    /// KubeVirt's word, such as `Running`; empty before KubeVirt has seen the VM.
    pub status: String,
    /// Whether KubeVirt calls it ready.
    pub ready: bool,
    /// Whether its deletion was asked for.
    pub terminating: bool,
    /// Reason of the condition that holds it up, and its message; may be empty.
    pub reason: String,
    /// Addresses of the guest, the first one first.
    pub addresses: Vec<String>,
    /// Node on which it runs.
    pub node: Option<String>,
    /// Version of the VM object.
    pub resource_version: String,
}

impl VmSighting {
    /// State as Shepherd shows it.
    pub fn state(&self) -> VmState {
        match self.status.as_str() {
            _ if self.terminating => VmState::Deleting,
            "" | "Provisioning" | "WaitingForVolumeBinding" => VmState::Creating,
            "Starting" | "WaitingForReceiver" | "ErrorUnschedulable" => VmState::Starting,
            "Running" => VmState::Running,
            "Paused" => VmState::Paused,
            "Migrating" => VmState::Migrating,
            "Stopping" => VmState::Stopping,
            "Stopped" => VmState::Stopped,
            "Terminating" => VmState::Deleting,
            "CrashLoopBackOff" | "ErrorPvcNotFound" | "DataVolumeError" | "ErrImagePull" | "ImagePullBackOff" => {
                VmState::Failed
            }
            _ => VmState::Unknown,
        }
    }
}

/// What [`check`](super::Provider::check) found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterVerdict {
    /// Whether the API server answered.
    pub reachable: bool,
    /// Version of Kubernetes, such as `v1.37.1`.
    pub kubernetes_version: Option<String>,
    /// Version that KubeVirt's operator observes, such as `v1.9.0`.
    pub kubevirt_version: Option<String>,
    /// Feature gates of KubeVirt: switched on, or always on in that version.
    pub feature_gates: BTreeSet<String>,
    /// Storage classes.
    pub storage_classes: Vec<StorageClass>,
    /// What the nodes offer.
    pub nodes: NodeFacts,
    /// Rights that our account lacks.
    pub missing_rights: Vec<Right>,
    /// Whatever went wrong on the way.
    pub faults: Vec<Fault>,
}

impl ClusterVerdict {
    /// Whether VMs can be ordered on the cluster.
    pub fn is_healthy(&self) -> bool {
        self.reachable && self.kubevirt_version.is_some() && self.missing_rights.is_empty() && self.faults.is_empty()
    }
}

/// Storage class of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClass {
    /// Name.
    pub name: String,
    /// Whether it is the cluster's default.
    pub default: bool,
}

/// What the nodes of a cluster offer together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeFacts {
    /// Number of nodes.
    pub n_nodes: usize,
    /// Architectures.
    pub architectures: BTreeSet<String>,
    /// Sizes of huge pages of which at least one node has some, such as `2Mi`.
    pub hugepages: BTreeSet<String>,
    /// Device plugins' resources with capacity, such as `nvidia.com/gpu`.
    pub devices: BTreeSet<String>,
}
