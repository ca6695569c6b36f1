//! What can go wrong on a cluster, classified once.
//!
//! A cluster answers in HTTP statuses, reasons and sentences; the rest of the product needs to
//! know two things: which of our codes it is, and whether waiting can help. This module decides
//! both from the answer alone. It knows no client library and does no I/O.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

mod classify;

/// Longest message kept from a cluster, in bytes.
const MESSAGE_LIMIT_BYTES: usize = 1024;

/// Stable code of a cluster fault; it stands on tickets, in audit records and in histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// The platform's account may not read, create or delete the namespace.
    NamespacePermissionDenied,
    /// An admission webhook or provider refused the namespace for a quota.
    NamespaceQuotaExceeded,
    /// The cluster refused the namespace for another reason.
    NamespaceCreationFailed,
    /// The cluster does not accept the namespace's name.
    NamespaceNameInvalid,
    /// The namespace is being deleted; it can be made again afterwards.
    NamespaceTerminating,
    /// The namespace went away after it had been ensured.
    NamespaceNotFound,
    /// The cluster is unreachable, too slow, overloaded or answers 5xx.
    ClusterUnhealthy,
    /// The cluster does not accept our credential (401) or the credential cannot be used.
    ClusterCredentialRejected,
    /// RBAC of the cluster forbids the call.
    ClusterPermissionDenied,
    /// A `ResourceQuota` of the cluster refuses the object.
    ClusterQuotaExceeded,
    /// An admission webhook or policy refuses the object.
    AdmissionDenied,
    /// The cluster does not understand the object we sent.
    ManifestInvalid,
    /// Another field manager owns a field we want to set on our own object.
    FieldConflict,
    /// An object of that name exists and is not ours.
    ObjectNotOurs,
    /// Our object is being deleted.
    ObjectTerminating,
    /// The object changed between our read and our write.
    ObjectChanged,
    /// KubeVirt says the VM cannot start.
    VmStartFailed,
    /// The VM was not ready within its deadline.
    VmNotReady,
    /// The VM vanished, or another took its name, while we waited for it.
    VmDeleted,
    /// The VM was still there when the wait for its removal ended.
    VmStillPresent,
    /// The egress policy forbids the address of the cluster.
    EgressDenied,
    /// The cluster does not serve KubeVirt's API.
    KubevirtMissing,
    /// The stored manifest is not the one whose digest was approved.
    DigestMismatch,
}

impl FaultCode {
    /// Code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NamespacePermissionDenied => "NAMESPACE_PERMISSION_DENIED",
            Self::NamespaceQuotaExceeded => "NAMESPACE_QUOTA_EXCEEDED",
            Self::NamespaceCreationFailed => "NAMESPACE_CREATION_FAILED",
            Self::NamespaceNameInvalid => "NAMESPACE_NAME_INVALID",
            Self::NamespaceTerminating => "NAMESPACE_TERMINATING",
            Self::NamespaceNotFound => "NAMESPACE_NOT_FOUND",
            Self::ClusterUnhealthy => "CLUSTER_UNHEALTHY",
            Self::ClusterCredentialRejected => "CLUSTER_CREDENTIAL_REJECTED",
            Self::ClusterPermissionDenied => "CLUSTER_PERMISSION_DENIED",
            Self::ClusterQuotaExceeded => "CLUSTER_QUOTA_EXCEEDED",
            Self::AdmissionDenied => "ADMISSION_DENIED",
            Self::ManifestInvalid => "MANIFEST_INVALID",
            Self::FieldConflict => "FIELD_CONFLICT",
            Self::ObjectNotOurs => "OBJECT_NOT_OURS",
            Self::ObjectTerminating => "OBJECT_TERMINATING",
            Self::ObjectChanged => "OBJECT_CHANGED",
            Self::VmStartFailed => "VM_START_FAILED",
            Self::VmNotReady => "VM_NOT_READY",
            Self::VmDeleted => "VM_DELETED",
            Self::VmStillPresent => "VM_STILL_PRESENT",
            Self::EgressDenied => "EGRESS_DENIED",
            Self::KubevirtMissing => "KUBEVIRT_MISSING",
            Self::DigestMismatch => "DIGEST_MISMATCH",
        }
    }

    /// Whether the cause can go away without anybody changing the order.
    ///
    /// A retryable cause never gives up by itself; a permanent one leads to undo.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::NamespaceTerminating
                | Self::ClusterUnhealthy
                | Self::ClusterCredentialRejected
                | Self::ObjectTerminating
                | Self::ObjectChanged
                | Self::VmStillPresent
                | Self::KubevirtMissing
        )
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What we were doing when the cluster said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Reading, watching or listing a namespace.
    NamespaceRead,
    /// Creating a namespace.
    NamespaceCreate,
    /// Deleting a namespace.
    NamespaceDelete,
    /// Reading, watching or listing VMs and what belongs to them.
    VmRead,
    /// Applying a VM.
    VmApply,
    /// Deleting a VM.
    VmDelete,
    /// Reading facts about the cluster.
    Check,
}

/// Answer of a cluster that is an error.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// `message` of the Kubernetes `Status`, or the body.
    pub message: &'a str,
}

/// Fault of a cluster: our code with the cluster's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// Stable code.
    pub code: FaultCode,
    /// Whether waiting can help. Follows from the code, but a denial may be a passing one.
    pub retryable: bool,
    /// The cluster's own words: at most 1 KiB, without control characters.
    pub message: String,
    /// How long the cluster asked us to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// Makes a fault; the message is cut to 1 KiB and freed of control characters.
    pub fn new(code: FaultCode, message: impl AsRef<str>) -> Self {
        Self { code, retryable: code.is_retryable(), message: bounded(message.as_ref()), retry_after: None }
    }

    /// Classifies the answer of a cluster to an operation.
    pub fn from_answer(operation: Operation, answer: Answer<'_>) -> Self {
        Self::new(classify::code(operation, answer), answer.message)
    }

    /// Whether the cluster says that our account may not do this.
    pub const fn is_denial(&self) -> bool {
        matches!(self.code, FaultCode::NamespacePermissionDenied | FaultCode::ClusterPermissionDenied)
    }

    /// The same fault of a cluster that is not in its right mind yet: waiting can help.
    pub fn passing(self) -> Self {
        Self { retryable: true, ..self }
    }

    /// Adds how long the cluster asked us to wait.
    pub fn after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

/// Text without control characters, cut at a character boundary to 1 KiB.
fn bounded(text: &str) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        let shown = if character.is_control() { ' ' } else { character };
        if kept.len() + shown.len_utf8() > MESSAGE_LIMIT_BYTES {
            break;
        }
        kept.push(shown);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_serde_name_agree() {
        for code in [
            FaultCode::NamespacePermissionDenied,
            FaultCode::ClusterUnhealthy,
            FaultCode::KubevirtMissing,
            FaultCode::VmStillPresent,
        ] {
            let json = serde_json::to_string(&code).unwrap_or_default();
            assert_eq!(json, format!("\"{code}\""));
        }
    }

    #[test]
    fn message_is_cut_and_cleaned() {
        let fault = Fault::new(FaultCode::AdmissionDenied, "é\u{1b}[2J\n".repeat(2000));
        assert!(fault.message.len() <= MESSAGE_LIMIT_BYTES);
        assert!(!fault.message.chars().any(char::is_control));
    }
}
