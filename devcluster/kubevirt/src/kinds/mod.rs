//! The four kinds that are played, as far as they are read: whatever else an object holds passes through
//! as JSON or is left to the API server.

mod data_volume;
mod instance;
mod launcher;
mod machine;

use std::borrow::Cow;
use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use data_volume::{DataVolume, DataVolumeStatus};
pub use instance::{Instance, InstanceKind, PhaseTransition};
pub use launcher::{Launcher, LauncherKind};
pub use machine::{DataVolumeTemplate, Machine, MachineKind, MachineSpec, MachineStatus, StartFailure};

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

    /// Where the object is on its way; its age is the time since it came there.
    fn stage(object: &Object<Self>) -> String;
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
        let owner = owners.iter().find(|owner| owner.controller == Some(true) && owner.kind == Owner::KIND)?;
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
