//! The only code that speaks to clusters.
//!
//! Everything above sees the trait [`Provider`] and plain types; kube's and KubeVirt's never leave
//! this folder. Rules kept here: one paced client per cluster, addresses only as the egress policy
//! allows, an object that is not ours is never adopted or deleted, waiting is by watch, and each
//! error is a classified [`Fault`]. What it must not do: open the database, decide about retries
//! of a step, or keep state that another worker would need.

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use shepherd_domain::fault::Fault;
use shepherd_domain::ids::TicketId;

mod board;
mod body;
mod changes;
mod check;
mod cluster;
mod egress;
mod errors;
mod follow;
mod kubevirt;
mod lease;
mod namespace;
mod orders;
mod pace;
mod ready;
mod residue;
mod rights;
#[cfg(test)]
mod script;
mod transport;
mod vm;

pub use cluster::Cluster;
pub use egress::{EgressPolicy, EgressPolicyError};
pub use lease::Lease;
pub use orders::{
    Applied, ClusterVerdict, Ensured, NamespaceOrder, NodeFacts, ObjectKind, ObjectRef, Removal, StorageClass,
    VmChange, VmOrder, VmReady, VmRef, VmSighting,
};
pub use rights::{RIGHTS, Right};

/// One cluster as the activities see it. Every method may run twice.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Looks whether the cluster can serve us: reachable, versions, KubeVirt, each right we need.
    ///
    /// Never fails: what is wrong stands in the verdict.
    async fn check(&self) -> ClusterVerdict;

    /// Makes sure that the namespace exists, whoever made it.
    ///
    /// # Errors
    /// `NAMESPACE_*`, `CLUSTER_*`, `EGRESS_DENIED`.
    async fn ensure_namespace(&self, order: &NamespaceOrder) -> Result<Ensured, Fault>;

    /// Applies a VM, or refuses because the name belongs to somebody else.
    ///
    /// # Errors
    /// `OBJECT_*`, `FIELD_CONFLICT`, `MANIFEST_INVALID`, `ADMISSION_DENIED`, `NAMESPACE_*`,
    /// `CLUSTER_*`, `KUBEVIRT_MISSING`, `EGRESS_DENIED`.
    async fn apply_vm(&self, order: &VmOrder) -> Result<Applied, Fault>;

    /// Watches one VM until it is ready, for as long as `patience`.
    ///
    /// # Errors
    /// `VM_START_FAILED`, `VM_NOT_READY`, `VM_DELETED`; the cluster's faults once reconnecting
    /// does not help.
    async fn await_vm_ready(&self, vm: &VmRef, patience: Duration) -> Result<VmReady, Fault>;

    /// Deletes a VM if it is ours, with its data volumes, and waits until it is gone.
    ///
    /// # Errors
    /// `VM_STILL_PRESENT` after two minutes, `OBJECT_CHANGED`, `CLUSTER_*`.
    async fn remove_vm(&self, vm: &VmRef) -> Result<Removal, Fault>;

    /// Deletes a namespace if this ticket created it and nothing is in it; does not wait.
    ///
    /// # Errors
    /// `NAMESPACE_PERMISSION_DENIED`, `OBJECT_CHANGED`, `CLUSTER_*`.
    async fn remove_namespace(&self, name: &str, ticket_id: TicketId) -> Result<Removal, Fault>;

    /// Lists what a ticket left on the cluster and what is not on its way out.
    ///
    /// # Errors
    /// `CLUSTER_*`, `KUBEVIRT_MISSING`.
    async fn residue(&self, ticket_id: TicketId, namespace: &str) -> Result<Vec<ObjectRef>, Fault>;

    /// Follows all VMs of the platform on this cluster; never ends. After a fault it goes on by
    /// itself, more slowly each time.
    fn watch_vms(&self) -> BoxStream<'static, Result<VmChange, Fault>>;
}
