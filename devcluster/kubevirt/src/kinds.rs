//! The four kinds that are played, as far as they are read: whatever else an object holds passes through
//! as JSON or is left to the API server.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use kube::Resource;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::condition::Condition;

pub const MACHINE_FINALIZER: &str = "kubevirt.io/virtualMachineControllerFinalize";
pub const INSTANCE_FINALIZER: &str = "kubevirt.io/foregroundDeleteVirtualMachine";

/// What tells one kind from another.
pub trait Definition: Clone + Debug + Send + Sync + 'static {
    const GROUP: &'static str;
    const VERSION: &'static str;
    const KIND: &'static str;
    const PLURAL: &'static str;
    type Spec: Clone + Debug + Default + Send + Sync + Serialize + DeserializeOwned + 'static;
    type Status: Clone + Debug + Default + Send + Sync + Serialize + DeserializeOwned + 'static;
}

/// Object of a namespace with spec and status.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", bound = "")]
pub struct Object<D: Definition> {
    #[serde(default)]
    pub api_version: String,
    #[serde(default)]
    pub kind: String,
    pub metadata: ObjectMeta,
    #[serde(default)]
    pub spec: D::Spec,
    #[serde(default)]
    pub status: D::Status,
}

impl<D: Definition> Object<D> {
    pub fn new(metadata: ObjectMeta, spec: D::Spec) -> Self {
        Self {
            api_version: Self::api_version(&()).into_owned(),
            kind: D::KIND.to_owned(),
            metadata,
            spec,
            status: D::Status::default(),
        }
    }

    pub fn name(&self) -> &str {
        self.metadata.name.as_deref().unwrap_or_default()
    }

    pub fn namespace(&self) -> &str {
        self.metadata.namespace.as_deref().unwrap_or_default()
    }

    pub fn uid(&self) -> &str {
        self.metadata.uid.as_deref().unwrap_or_default()
    }

    pub fn is_deleting(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }

    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        let finalizers = self.metadata.finalizers.as_deref().unwrap_or_default();
        finalizers.iter().any(|each| each == finalizer)
    }

    /// Name of the object of kind `Owner` that controls this one.
    pub fn controller<Owner: Definition>(&self) -> Option<&str> {
        let owners = self.metadata.owner_references.as_deref()?;
        let owner = owners
            .iter()
            .find(|owner| owner.controller == Some(true) && owner.kind == Owner::KIND)?;
        Some(&owner.name)
    }

    /// Reference by which this object controls another.
    pub fn controlling(&self) -> OwnerReference {
        OwnerReference {
            api_version: Self::api_version(&()).into_owned(),
            kind: D::KIND.to_owned(),
            name: self.name().to_owned(),
            uid: self.uid().to_owned(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }
    }
}

impl<D: Definition> Resource for Object<D> {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        D::KIND.into()
    }

    fn group((): &()) -> Cow<'_, str> {
        D::GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        D::VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        D::PLURAL.into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// `VirtualMachine`.
#[derive(Clone, Debug)]
pub struct MachineKind;
pub type Machine = Object<MachineKind>;

impl Definition for MachineKind {
    const GROUP: &'static str = "kubevirt.io";
    const VERSION: &'static str = "v1";
    const KIND: &'static str = "VirtualMachine";
    const PLURAL: &'static str = "virtualmachines";
    type Spec = MachineSpec;
    type Status = MachineStatus;
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MachineSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_strategy: Option<String>,
    pub template: Template,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_volume_templates: Vec<DataVolumeTemplate>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Template {
    pub metadata: TemplateMetadata,
    pub spec: Value,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct TemplateMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct DataVolumeTemplate {
    pub metadata: TemplateMetadata,
    pub spec: Value,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MachineStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_strategy: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub created: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub ready: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub printable_status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_failure: Option<StartFailure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_generation: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state_change_requests: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StartFailure {
    pub consecutive_fail_count: u32,
    #[serde(rename = "lastFailedVMIUID")]
    pub last_failed_vmi_uid: String,
    pub retry_after_timestamp: Option<Time>,
}

/// `VirtualMachineInstance`: one run of a machine.
#[derive(Clone, Debug)]
pub struct InstanceKind;
pub type Instance = Object<InstanceKind>;

impl Definition for InstanceKind {
    const GROUP: &'static str = "kubevirt.io";
    const VERSION: &'static str = "v1";
    const KIND: &'static str = "VirtualMachineInstance";
    const PLURAL: &'static str = "virtualmachineinstances";
    type Spec = Value;
    type Status = InstanceStatus;
}

impl Instance {
    pub fn is_final(&self) -> bool {
        matches!(self.status.phase.as_str(), "Succeeded" | "Failed")
    }

    pub fn was_running(&self) -> bool {
        let transitions = &self.status.phase_transition_timestamps;
        transitions.iter().any(|each| each.phase == "Running")
    }
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceStatus {
    pub phase: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phase_transition_timestamps: Vec<PhaseTransition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub active_pods: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qos_class: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<Value>,
    #[serde(rename = "guestOSInfo", skip_serializing_if = "is_empty_object")]
    pub guest_os_info: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Value>,
    #[serde(rename = "currentCPUTopology", skip_serializing_if = "Option::is_none")]
    pub current_cpu_topology: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_status: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration_transport: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launcher_container_image_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_user: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_machine_revision_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseTransition {
    pub phase: String,
    #[serde(rename = "phaseTransitionTimestamp")]
    pub at: Time,
}

/// `Pod`, of which only virt-launcher's are looked at.
#[derive(Clone, Debug)]
pub struct LauncherKind;
pub type Launcher = Object<LauncherKind>;

impl Definition for LauncherKind {
    const GROUP: &'static str = "";
    const VERSION: &'static str = "v1";
    const KIND: &'static str = "Pod";
    const PLURAL: &'static str = "pods";
    type Spec = Value;
    type Status = LauncherStatus;
}

impl Launcher {
    pub fn is_bound(&self) -> bool {
        self.spec.get("nodeName").is_some()
    }

    pub fn is_ready(&self) -> bool {
        self.status.conditions.iter().any(Condition::is_ready)
    }
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LauncherStatus {
    pub phase: String,
    pub conditions: Vec<Condition>,
    pub qos_class: Option<String>,
    #[serde(rename = "podIP", skip_serializing_if = "Option::is_none")]
    pub pod_ip: Option<String>,
    pub container_statuses: Vec<Value>,
}

/// `DataVolume`: a disk and how it is filled.
#[derive(Clone, Debug)]
pub struct DataVolumeKind;
pub type DataVolume = Object<DataVolumeKind>;

impl Definition for DataVolumeKind {
    const GROUP: &'static str = "cdi.kubevirt.io";
    const VERSION: &'static str = "v1beta1";
    const KIND: &'static str = "DataVolume";
    const PLURAL: &'static str = "datavolumes";
    type Spec = Value;
    type Status = DataVolumeStatus;
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataVolumeStatus {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_count: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

fn is_empty_object(value: &Value) -> bool {
    value.as_object().is_none_or(serde_json::Map::is_empty)
}
