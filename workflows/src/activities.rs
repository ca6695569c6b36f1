//! Activities: names, inputs, outputs. The worker implements them.

use serde::{Deserialize, Serialize};
use temporalio_common::ActivityError;
use temporalio_macros::activity_definitions;
use uuid::Uuid;

/// A ticket. Workflow inputs are ids, never documents or secrets.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TicketRef {
    pub tenant_id: Uuid,
    pub ticket_id: Uuid,
}

/// What a woken workflow has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claimed {
    /// Nobody has decided.
    Pending,
    /// An approved request stands behind it; the run is marked as started.
    Execute { cluster_id: Uuid },
    /// The ticket's final state.
    Finished { state: String },
}

/// What an attempt to expire found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expired {
    /// Expired now, or decided before; [`Activities::claim_ticket`] says which.
    Settled,
    /// The deadline is still to come.
    NotYet { seconds: f64 },
}

/// Why a run does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFault {
    /// Stable code, such as `NAMESPACE_PERMISSION_DENIED`.
    pub code: String,
    /// The cluster's own words.
    pub message: String,
}

/// A ticket with the reason for what is done to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TicketFault {
    pub ticket: TicketRef,
    pub fault: RunFault,
}

/// How a run ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishTicket {
    pub ticket: TicketRef,
    /// Absent: well.
    pub fault: Option<RunFault>,
}

/// What the end of a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finished {
    /// The ticket has its final state.
    Ended,
    /// It was abandoned before it could succeed: take it back first.
    Abandoned,
}

/// One check of one credential of a cluster.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CheckCluster {
    pub tenant_id: Uuid,
    pub cluster_id: Uuid,
    pub credential_version: i32,
}

/// What one round of reconciliation mended.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Reconciled {
    /// Tickets whose run was missing and is started again.
    pub started: u32,
    /// Tickets whose run had ended from outside and that are failed now.
    pub failed: u32,
}

/// Everything the worker does for workflows.
///
/// The first group are database steps and run as local activities; the second reach a cluster and run as ordinary
/// ones. Each is safe to run twice: its effect key stands in its comment.
pub struct Activities;

#[expect(clippy::unimplemented, reason = "definitions have no body; the worker has it")]
#[activity_definitions]
impl Activities {
    /// Marks an approved ticket as executing. Effect key: ticket.
    #[activity(name = "claim_ticket")]
    pub fn claim_ticket(ticket: TicketRef) -> Result<Claimed, ActivityError> {
        unimplemented!()
    }

    /// Expires a ticket whose deadline has passed. Effect key: ticket.
    #[activity(name = "expire_ticket")]
    pub fn expire_ticket(ticket: TicketRef) -> Result<Expired, ActivityError> {
        unimplemented!()
    }

    /// Reminds the approvers of a pending ticket. Effect key: ticket, at most once.
    #[activity(name = "remind_approvers")]
    pub fn remind_approvers(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Notes that the run is being taken back. Effect key: ticket.
    #[activity(name = "note_undoing")]
    pub fn note_undoing(fault: TicketFault) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Notes that an undo was refused and a person must look. Effect key: ticket.
    #[activity(name = "note_needs_operator")]
    pub fn note_needs_operator(fault: TicketFault) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Ends the ticket; one that was abandoned does not succeed any more. Effect key: ticket.
    #[activity(name = "finish_ticket")]
    pub fn finish_ticket(finish: FinishTicket) -> Result<Finished, ActivityError> {
        unimplemented!()
    }

    /// Makes sure that the namespace exists. Effect key: cluster and namespace.
    #[activity(name = "ensure_namespace")]
    pub fn ensure_namespace(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Applies the VM whose digest was approved. Effect key: cluster, namespace and name.
    #[activity(name = "apply_vm")]
    pub fn apply_vm(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Waits until the VM is ready. No effect.
    #[activity(name = "await_vm_ready")]
    pub fn await_vm_ready(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Removes the VM if it is ours. Effect key: cluster, namespace, name and UID.
    #[activity(name = "remove_vm")]
    pub fn remove_vm(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Removes the namespace if this ticket created it and nothing is in it, and proves that nothing was left
    /// behind. Effect key: cluster and namespace.
    #[activity(name = "remove_namespace")]
    pub fn remove_namespace(ticket: TicketRef) -> Result<(), ActivityError> {
        unimplemented!()
    }

    /// Looks whether a cluster can serve us and stores the verdict. Effect key: cluster and credential.
    #[activity(name = "check_cluster")]
    pub fn check_cluster(check: CheckCluster) -> Result<String, ActivityError> {
        unimplemented!()
    }

    /// Compares unfinished tickets with their runs and mends what differs. Effect key: each ticket.
    #[activity(name = "reconcile_tickets")]
    pub fn reconcile_tickets(round: ()) -> Result<Reconciled, ActivityError> {
        unimplemented!()
    }
}

/// Types of the definitions, for the worker that implements them.
pub mod definitions {
    pub use super::activities::{
        ApplyVm, AwaitVmReady, CheckCluster, ClaimTicket, EnsureNamespace, ExpireTicket, FinishTicket,
        NoteNeedsOperator, NoteUndoing, ReconcileTickets, RemindApprovers, RemoveNamespace, RemoveVm,
    };
}
