//! Placing a request on a cluster: what fits, what is applied, and its digest.

use crate::digest::SpecDigest;
use crate::environment::Environment;
use crate::ids::ClusterId;
use crate::manifest::{VmOrder, render};
use crate::refusal::{Code, Refusal, Result};
use crate::size::SizeSpec;
use crate::template::BootSource;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Health of a cluster after its last check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ClusterStatus {
    /// Never checked, or its credential is newer than its check.
    Unknown,
    Healthy,
    /// It answers, but KubeVirt or a right is missing.
    Unhealthy,
    Unreachable,
}

impl ClusterStatus {
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Healthy, Self::Unhealthy, Self::Unreachable];

    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
            Self::Unreachable => "UNREACHABLE",
        }
    }

    /// Status of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Storage class of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClass {
    pub name: String,
    pub default: bool,
}

/// What is known of a cluster when a request is placed on it.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    pub id: ClusterId,
    pub name: &'a str,
    pub environment: Environment,
    pub enabled: bool,
    pub status: ClusterStatus,
    pub storage_classes: &'a [StorageClass],
}

/// Resources that an approver sets in place of the size's, as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModifiedSpec {
    pub cpu_cores: i32,
    pub memory_mib: i32,
    /// Absent: what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_gib: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_request_millis: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_request_mib: Option<i32>,
}

impl ModifiedSpec {
    /// The size with these resources.
    ///
    /// # Errors
    /// As [`SizeSpec::check`], with pointers below `/modified_spec`, and [`asked_disk_gib`].
    pub fn apply(&self, size: &SizeSpec, boot_source: &BootSource) -> Result<SizeSpec> {
        asked_disk_gib(boot_source, size, self.disk_gib)?;
        let changed = SizeSpec {
            cpu_cores: self.cpu_cores,
            memory_mib: self.memory_mib,
            cpu_request_millis: self.cpu_request_millis,
            memory_request_mib: self.memory_request_mib,
            ..size.clone()
        };
        changed.check().map_err(|mut refusal| {
            refusal.errors.iter_mut().for_each(|error| error.pointer.insert_str(0, "/modified_spec"));
            refusal
        })?;
        Ok(changed)
    }
}

/// Size of the root disk that a request stands for: what it asks for, or else the size's default. `None` where the boot
/// source brings its own disk.
///
/// # Errors
/// `DISK_OUT_OF_RANGE`; `DISK_NOT_SIZABLE` for a size asked of a boot source that brings its own disk.
pub fn asked_disk_gib(boot_source: &BootSource, size: &SizeSpec, asked: Option<i32>) -> Result<Option<i32>> {
    if !boot_source.is_ephemeral() {
        return size.disk_gib(asked).map(Some);
    }
    asked.map_or(Ok(None), |_| Err(Refusal::new(Code::DiskNotSizable)))
}

/// Size of the root disk that is approved: the approver's, the requester's, or the size's default.
pub fn approved_disk_gib(modified: Option<&ModifiedSpec>, asked: Option<i32>, size: &SizeSpec) -> i32 {
    modified.and_then(|spec| spec.disk_gib).or(asked).unwrap_or(size.disk.default_gib)
}

/// Something an approver should know that does not stand in the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    pub code: String,
    pub params: Value,
}

/// A request as it would run.
#[derive(Clone, Debug)]
pub struct Placement {
    pub manifest: Value,
    pub digest: SpecDigest,
    pub warnings: Vec<Warning>,
}

/// Checks that `order` fits `target` and renders it.
///
/// # Errors
/// `ENVIRONMENT_MISMATCH`, `CLUSTER_UNHEALTHY`, `NOT_USABLE` for a disabled cluster, `STORAGE_CLASS_UNKNOWN`.
pub fn place(order: &VmOrder<'_>, environment: Environment, target: &Target<'_>) -> Result<Placement> {
    if environment != target.environment {
        let params = json!({"namespace": environment.as_str(), "cluster": target.environment.as_str()});
        return Err(Refusal::new(Code::EnvironmentMismatch).with(params));
    }
    if !target.enabled {
        return Err(Refusal::new(Code::NotUsable).with(json!({"resource": "cluster", "state": "disabled"})));
    }
    if target.status != ClusterStatus::Healthy {
        let params = json!({"cluster": target.name, "status": target.status.as_str()});
        return Err(Refusal::new(Code::ClusterUnhealthy).with(params));
    }
    if let Some(class) = order.storage_class
        && !target.storage_classes.iter().any(|known| known.name == class)
    {
        let known: Vec<_> = target.storage_classes.iter().map(|class| &class.name).collect();
        return Err(Refusal::new(Code::StorageClassUnknown).with(json!({"storage_class": class, "known": known})));
    }
    let manifest = render(order);
    let digest = SpecDigest::of(target.id, order.namespace, &manifest);
    Ok(Placement { manifest, digest, warnings: warnings(order, environment, target) })
}

fn warnings(order: &VmOrder<'_>, environment: Environment, target: &Target<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, params: Value| warnings.push(Warning { code: code.to_owned(), params });
    if environment == Environment::Prod && (order.size.overcommits_cpu() || order.size.overcommits_memory()) {
        warn("OVERCOMMIT_IN_PROD", json!({}));
    }
    let volume = !matches!(order.template.boot_source, BootSource::ContainerDisk { .. });
    if volume && order.storage_class.is_none() && !target.storage_classes.iter().any(|class| class.default) {
        warn("NO_DEFAULT_STORAGE_CLASS", json!({"cluster": target.name}));
    }
    if !volume {
        warn("EPHEMERAL_ROOT_DISK", json!({}));
    }
    warnings
}
