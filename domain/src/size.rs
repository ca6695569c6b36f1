//! Instance sizes: the hardware baseline of a VM.

use crate::refusal::{Code, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Bounds of the root disk in GiB; a request may choose inside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiskBounds {
    pub default_gib: i32,
    pub min_gib: i32,
    pub max_gib: i32,
}

/// Page size of hugepages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hugepages {
    #[serde(rename = "2Mi")]
    Mi2,
    #[serde(rename = "1Gi")]
    Gi1,
}

impl Hugepages {
    /// Quantity in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mi2 => "2Mi",
            Self::Gi1 => "1Gi",
        }
    }

    fn mib(self) -> i32 {
        match self {
            Self::Mi2 => 2,
            Self::Gi1 => 1024,
        }
    }
}

/// GPU handed to the VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    pub name: String,
    /// Resource name of the device plugin, such as `nvidia.com/GA102GL_A10`.
    pub device_name: String,
}

/// SR-IOV interface of the VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SriovInterface {
    pub name: String,
    /// NetworkAttachmentDefinition, `namespace/name` or `name`.
    pub network: String,
}

/// Everything of a size that reaches the manifest. The indexed columns of the database are derived from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeSpec {
    /// Cores the guest sees; the limit.
    pub cpu_cores: i32,
    /// Memory the guest sees, in MiB; the limit.
    pub memory_mib: i32,
    pub disk: DiskBounds,
    /// Overcommit: CPU asked of the node, in thousandths of a core. Absent: the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_request_millis: Option<i32>,
    /// Overcommit: memory asked of the node, in MiB. Absent: the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_request_mib: Option<i32>,
    /// Pins each core of the guest to a core of the node.
    #[serde(default)]
    pub dedicated_cpu: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hugepages: Option<Hugepages>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<Gpu>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sriov: Vec<SriovInterface>,
    /// Dotted path under `spec.` to value, set last.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub spec_overrides: Map<String, Value>,
}

/// Paths that the other fields own, what would go around them, and what only the platform sets.
const OWNED_PATHS: [&str; 25] = [
    "spec.template.spec.domain.cpu.cores",
    "spec.template.spec.domain.cpu.sockets",
    "spec.template.spec.domain.cpu.threads",
    "spec.template.spec.domain.cpu.maxSockets",
    "spec.template.spec.domain.cpu.dedicatedCpuPlacement",
    "spec.template.spec.domain.memory",
    "spec.template.spec.domain.resources",
    "spec.template.spec.domain.devices.gpus",
    "spec.template.spec.domain.devices.hostDevices",
    "spec.template.spec.domain.devices.disks",
    "spec.template.spec.domain.devices.filesystems",
    "spec.template.spec.domain.devices.interfaces",
    "spec.template.spec.domain.firmware.kernelBoot",
    "spec.template.spec.accessCredentials",
    "spec.template.spec.hostname",
    "spec.template.spec.networks",
    "spec.template.spec.resourceClaims",
    "spec.template.spec.subdomain",
    "spec.template.spec.volumes",
    "spec.template.metadata",
    "spec.dataVolumeTemplates",
    "spec.instancetype",
    "spec.preference",
    "spec.running",
    "spec.runStrategy",
];

impl SizeSpec {
    /// # Errors
    /// `VALIDATION_FAILED` naming the fields, `PINNED_CPU_OVERCOMMIT`, `INVALID_SPEC_OVERRIDES` with the path.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.dedicated_cpu && (self.overcommits_cpu() || self.overcommits_memory()) {
            return Err(Refusal::new(Code::PinnedCpuOvercommit));
        }
        self.check_devices()?;
        self.spec_overrides.keys().try_for_each(|path| check_override(path))
    }

    /// Copy with `changes` in place of its members; null takes a member away.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` when the result is no size, and as [`check`](Self::check).
    pub fn changed(&self, changes: Map<String, Value>) -> Result<Self> {
        let unreadable = |_| Refusal::invalid("", "TYPE", json!({}));
        let mut merged = serde_json::to_value(self).map_err(unreadable)?;
        if let Value::Object(members) = &mut merged {
            members.extend(changes);
            members.retain(|_, value| !value.is_null());
        }
        let changed: Self = serde_json::from_value(merged).map_err(unreadable)?;
        changed.check()?;
        Ok(changed)
    }

    /// CPU asked of the node, in thousandths of a core.
    pub fn requested_cpu_millis(&self) -> i32 {
        self.cpu_request_millis.unwrap_or(self.cpu_cores.saturating_mul(1000))
    }

    /// Memory asked of the node, in MiB.
    pub fn requested_memory_mib(&self) -> i32 {
        self.memory_request_mib.unwrap_or(self.memory_mib)
    }

    pub fn overcommits_cpu(&self) -> bool {
        self.requested_cpu_millis() < self.cpu_cores.saturating_mul(1000)
    }

    pub fn overcommits_memory(&self) -> bool {
        self.requested_memory_mib() < self.memory_mib
    }

    /// Disk of a request, in GiB.
    ///
    /// # Errors
    /// `DISK_OUT_OF_RANGE` with the bounds.
    pub fn disk_gib(&self, wanted: Option<i32>) -> Result<i32> {
        let gib = wanted.unwrap_or(self.disk.default_gib);
        if (self.disk.min_gib..=self.disk.max_gib).contains(&gib) {
            Ok(gib)
        } else {
            let params = json!({"disk_gib": gib, "minimum": self.disk.min_gib, "maximum": self.disk.max_gib});
            Err(Refusal::new(Code::DiskOutOfRange).with(params))
        }
    }

    fn check_ranges(&self) -> Result<()> {
        let mut refusal = Refusal::new(Code::ValidationFailed);
        let mut range = |pointer: &str, value: i32, minimum: i32, maximum: i32| {
            if !(minimum..=maximum).contains(&value) {
                let params = json!({"minimum": minimum, "maximum": maximum});
                refusal.errors.push(crate::refusal::FieldError { pointer: pointer.to_owned(), code: "RANGE", params });
            }
        };
        range("/cpu_cores", self.cpu_cores, 1, 512);
        range("/memory_mib", self.memory_mib, 64, 16 * 1024 * 1024);
        range("/disk/min_gib", self.disk.min_gib, 1, 65_536);
        range("/disk/max_gib", self.disk.max_gib, self.disk.min_gib, 65_536);
        range("/disk/default_gib", self.disk.default_gib, self.disk.min_gib, self.disk.max_gib);
        range("/cpu_request_millis", self.requested_cpu_millis(), 1, self.cpu_cores.saturating_mul(1000));
        range("/memory_request_mib", self.requested_memory_mib(), 1, self.memory_mib);
        for (pointer, length) in [("/gpus", self.gpus.len()), ("/sriov", self.sriov.len())] {
            range(pointer, i32::try_from(length).unwrap_or(i32::MAX), 0, 16);
        }
        range("/spec_overrides", i32::try_from(self.spec_overrides.len()).unwrap_or(i32::MAX), 0, 64);
        if let Some(pages) = self.hugepages {
            // KubeVirt refuses memory that is no multiple of the page size.
            let rest = self.memory_mib % pages.mib();
            range("/hugepages", rest, 0, 0);
        }
        if refusal.errors.is_empty() { Ok(()) } else { Err(refusal) }
    }

    fn check_devices(&self) -> Result<()> {
        let label = |text: &str| {
            !text.is_empty()
                && text.len() <= 63
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let reference =
            |text: &str| !text.is_empty() && text.len() <= 253 && text.chars().all(|c| c.is_ascii_graphic());
        let gpus = self.gpus.iter().map(|g| (&g.name, &g.device_name)).enumerate().map(|(i, n)| ("gpus", i, n));
        let sriov = self.sriov.iter().map(|s| (&s.name, &s.network)).enumerate().map(|(i, n)| ("sriov", i, n));
        for (list, i, (name, target)) in gpus.chain(sriov) {
            if !label(name) || !reference(target) {
                return Err(Refusal::invalid(format!("/{list}/{i}"), "DEVICE", json!({})));
            }
        }
        Ok(())
    }
}

fn check_override(path: &str) -> Result<()> {
    let refuse = |rule: &str| Err(Refusal::new(Code::InvalidSpecOverrides).with(json!({"path": path, "rule": rule})));
    let segment = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !path.starts_with("spec.") {
        return refuse("prefix");
    }
    if path.len() > 253 || !path.split('.').all(segment) {
        return refuse("path");
    }
    let touches = |owned: &&&str| {
        *owned == &path || path.starts_with(&format!("{owned}.")) || owned.starts_with(&format!("{path}."))
    };
    match OWNED_PATHS.iter().find(touches) {
        Some(owned) => {
            Err(Refusal::new(Code::InvalidSpecOverrides).with(json!({"path": path, "rule": "owned", "owned": owned})))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size() -> SizeSpec {
        SizeSpec {
            cpu_cores: 2,
            memory_mib: 4096,
            disk: DiskBounds { default_gib: 20, min_gib: 10, max_gib: 100 },
            cpu_request_millis: None,
            memory_request_mib: None,
            dedicated_cpu: false,
            hugepages: None,
            gpus: Vec::new(),
            sriov: Vec::new(),
            spec_overrides: Map::new(),
        }
    }

    #[test]
    fn pinned_cores_cannot_be_overcommitted() {
        let pinned = SizeSpec { dedicated_cpu: true, ..size() };
        assert_eq!(pinned.check(), Ok(()));
        let both = SizeSpec { cpu_request_millis: Some(500), ..pinned };
        assert_eq!(both.check().err().map(|r| r.code), Some(Code::PinnedCpuOvercommit));
    }

    #[test]
    fn every_value_out_of_range_is_pointed_at() {
        let wrong = SizeSpec { cpu_cores: 0, disk: DiskBounds { default_gib: 5, min_gib: 10, max_gib: 9 }, ..size() };
        let pointers: Vec<_> =
            wrong.check().err().map(|r| r.errors).unwrap_or_default().into_iter().map(|e| e.pointer).collect();
        assert_eq!(pointers, ["/cpu_cores", "/disk/max_gib", "/disk/default_gib", "/cpu_request_millis"]);
    }

    #[test]
    fn overrides_stay_off_what_other_fields_own() {
        let with = |path: &str| {
            let mut size = size();
            size.spec_overrides.insert(path.to_owned(), json!(1));
            size.check().err().map(|r| r.params["rule"].clone())
        };
        assert_eq!(with("spec.template.spec.domain.cpu.model"), None);
        assert_eq!(with("spec.template.spec.nodeSelector"), None);
        assert_eq!(with("metadata.labels.a"), Some("prefix".into()));
        assert_eq!(with("spec..a"), Some("path".into()));
        assert_eq!(with("spec.template.spec.domain.cpu"), Some("owned".into()));
        assert_eq!(with("spec.template.spec.domain.memory.guest"), Some("owned".into()));
        assert_eq!(with("spec.template"), Some("owned".into()));
        // A size of one core must not run with 64, nor one without devices with some.
        for around in ["cpu.sockets", "cpu.threads", "cpu.maxSockets", "devices.hostDevices", "devices.interfaces"] {
            assert_eq!(with(&format!("spec.template.spec.domain.{around}")), Some("owned".into()), "{around}");
        }
        // Two machines of one size would answer to one name; claims bring devices that no column counts.
        for around in ["hostname", "subdomain", "resourceClaims"] {
            assert_eq!(with(&format!("spec.template.spec.{around}")), Some("owned".into()), "{around}");
        }
    }

    #[test]
    fn a_changed_size_is_checked_as_a_whole() {
        let change = |changes: Value| match changes {
            Value::Object(changes) => SizeSpec { cpu_request_millis: Some(500), ..size() }.changed(changes),
            _ => Ok(size()),
        };
        let cleared = change(json!({"cpu_request_millis": null, "dedicated_cpu": true}));
        assert_eq!(cleared, Ok(SizeSpec { dedicated_cpu: true, ..size() }));
        let pinned = change(json!({"dedicated_cpu": true})).err().map(|r| r.code);
        assert_eq!(pinned, Some(Code::PinnedCpuOvercommit));
        assert_eq!(change(json!({"cpu_cores": null})).err().map(|r| r.code), Some(Code::ValidationFailed));
    }

    #[test]
    fn a_disk_outside_the_bounds_is_refused_with_them() {
        assert_eq!(size().disk_gib(None), Ok(20));
        assert_eq!(size().disk_gib(Some(101)).err().map(|r| r.params["maximum"].clone()), Some(100.into()));
    }
}
