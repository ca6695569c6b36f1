//! KubeVirt's objects, as far as we read them, and our labels on them.

use kube::api::{ApiResource, GroupVersionKind, NotUsed, Object, ObjectMeta};
use serde::Deserialize;
use shepherd_domain::ids::TicketId;
pub(super) use shepherd_domain::manifest::MANAGED_BY as MANAGED_BY_US;

/// Field manager of everything we apply.
pub(super) const FIELD_MANAGER: &str = "kubevirt-shepherd";
pub(super) const MANAGED_BY: &str = "kubevirt-shepherd.io/managed-by";
pub(super) const TICKET_ID: &str = "kubevirt-shepherd.io/ticket-id";

/// VirtualMachine without its spec.
pub(super) type Vm = Object<NotUsed, VmStatus>;
/// VirtualMachineInstance without its spec.
pub(super) type Vmi = Object<NotUsed, VmiStatus>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct VmStatus {
    pub(super) printable_status: String,
    pub(super) ready: bool,
    pub(super) conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Condition {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) message: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct VmiStatus {
    pub(super) node_name: Option<String>,
    pub(super) interfaces: Vec<Interface>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Interface {
    pub(super) ip_address: Option<String>,
}

/// What a VM's status means for somebody who waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlook {
    Ready,
    /// It may still come.
    Waiting,
    /// It will not start unless somebody changes something.
    Failing,
}

/// Outlook of a VM with that word of KubeVirt's as its status.
pub(super) fn outlook(status: &str, ready: bool) -> Outlook {
    match status {
        "Running" if ready => Outlook::Ready,
        "CrashLoopBackOff" | "ErrorPvcNotFound" | "DataVolumeError" | "ErrImagePull" | "ImagePullBackOff" => {
            Outlook::Failing
        }
        // ErrorUnschedulable too: a node may come.
        _ => Outlook::Waiting,
    }
}

impl VmStatus {
    /// Reason and message of the condition that says most about what holds the VM up.
    pub(super) fn reason(&self) -> String {
        let weight = |condition: &&Condition| match condition.kind.as_str() {
            "Failure" if condition.status == "True" => 4,
            "Synchronized" if condition.status == "False" => 3,
            "PodScheduled" | "DataVolumesReady" if condition.status == "False" => 2,
            "Ready" if condition.status == "False" => 1,
            _ => 0,
        };
        let telling = self.conditions.iter().filter(|condition| weight(condition) > 0).max_by_key(weight);
        match telling {
            Some(Condition { reason, message, .. }) if message.is_empty() => reason.clone(),
            Some(Condition { reason, message, .. }) => format!("{reason}: {message}"),
            None => String::new(),
        }
    }
}

pub(super) fn virtual_machines() -> ApiResource {
    resource("kubevirt.io", "v1", "VirtualMachine", "virtualmachines")
}

pub(super) fn virtual_machine_instances() -> ApiResource {
    resource("kubevirt.io", "v1", "VirtualMachineInstance", "virtualmachineinstances")
}

pub(super) fn data_volumes() -> ApiResource {
    resource("cdi.kubevirt.io", "v1beta1", "DataVolume", "datavolumes")
}

pub(super) fn kubevirts() -> ApiResource {
    resource("kubevirt.io", "v1", "KubeVirt", "kubevirts")
}

fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

/// Whether the object carries our label and the ticket's.
pub(super) fn is_of_ticket(metadata: &ObjectMeta, ticket_id: TicketId) -> bool {
    label(metadata, MANAGED_BY) == Some(MANAGED_BY_US)
        && label(metadata, TICKET_ID).is_some_and(|value| value == ticket_id.to_string())
}

/// Selector of everything a ticket made.
pub(super) fn ticket_selector(ticket_id: TicketId) -> String {
    format!("{MANAGED_BY}={MANAGED_BY_US},{TICKET_ID}={ticket_id}")
}

pub(super) fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    metadata.labels.as_ref()?.get(key).map(String::as_str)
}

/// A field that the API server always sets.
pub(super) fn text(field: Option<&String>) -> String {
    field.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(json: serde_json::Value) -> VmStatus {
        serde_json::from_value(json).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn labels_are_those_of_the_manifest() {
        assert_eq!(MANAGED_BY, shepherd_domain::manifest::key("managed-by"));
        assert_eq!(TICKET_ID, shepherd_domain::manifest::key("ticket-id"));
    }

    #[test]
    fn outlook_follows_kubevirts_word() {
        for (word, ready, outlook) in [
            ("Running", true, Outlook::Ready),
            ("Running", false, Outlook::Waiting),
            ("Stopped", false, Outlook::Waiting),
            ("Provisioning", false, Outlook::Waiting),
            ("WaitingForVolumeBinding", false, Outlook::Waiting),
            ("Starting", false, Outlook::Waiting),
            ("ErrorUnschedulable", false, Outlook::Waiting),
            ("Unknown", false, Outlook::Waiting),
            ("", false, Outlook::Waiting),
            ("CrashLoopBackOff", false, Outlook::Failing),
            ("ErrorPvcNotFound", false, Outlook::Failing),
            ("DataVolumeError", false, Outlook::Failing),
            ("ErrImagePull", false, Outlook::Failing),
            ("ImagePullBackOff", false, Outlook::Failing),
        ] {
            assert_eq!(super::outlook(word, ready), outlook, "{word} {ready}");
        }
    }

    #[test]
    fn most_telling_condition_is_the_reason() {
        let status = status(serde_json::json!({"conditions": [
            {"type": "Ready", "status": "False", "reason": "GuestNotRunning", "message": "off"},
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"},
            {"type": "Synchronized", "status": "True", "reason": "", "lastProbeTime": null},
        ]}));
        assert_eq!(status.reason(), "Unschedulable: 0/3 nodes");
        assert_eq!(VmStatus::default().reason(), "");
    }
}
