//! Instance sizes: the hardware baselines.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shepherd_domain::size;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{Pagination, SortOrder};

/// Bounds of the root disk in GiB; a request may choose inside them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiskBounds {
    #[schema(minimum = 1, maximum = 65536, example = 20)]
    pub default_gib: i32,
    #[schema(minimum = 1, maximum = 65536, example = 10)]
    pub min_gib: i32,
    #[schema(minimum = 1, maximum = 65536, example = 100)]
    pub max_gib: i32,
}

/// Page size of hugepages.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub enum Hugepages {
    #[serde(rename = "2Mi")]
    Mi2,
    #[serde(rename = "1Gi")]
    Gi1,
}

/// GPU handed to the VM.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    #[schema(example = "gpu0", min_length = 1, max_length = 63, pattern = "^[a-z0-9-]+$")]
    pub name: String,
    /// Resource of the device plugin.
    #[schema(example = "nvidia.com/GA102GL_A10", min_length = 1, max_length = 253, pattern = "^[!-~]+$")]
    pub device_name: String,
}

/// SR-IOV interface of the VM.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SriovInterface {
    #[schema(example = "net1", min_length = 1, max_length = 63, pattern = "^[a-z0-9-]+$")]
    pub name: String,
    /// NetworkAttachmentDefinition.
    #[schema(example = "networks/fast", min_length = 1, max_length = 253, pattern = "^[!-~]+$")]
    pub network: String,
}

/// An instance size.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InstanceSize {
    pub id: Uuid,
    #[schema(example = "medium")]
    pub name: String,
    pub display_name: String,
    /// Markdown.
    pub description: String,
    /// Whether new VMs may be asked for with it.
    pub enabled: bool,
    pub sort_order: i32,
    /// Cores that the guest sees.
    pub cpu_cores: i32,
    /// Memory that the guest sees.
    pub memory_mib: i32,
    pub disk: DiskBounds,
    pub dedicated_cpu: bool,
    pub hugepages: Option<Hugepages>,
    pub gpus: Vec<Gpu>,
    pub sriov: Vec<SriovInterface>,
    /// Overcommit: thousandths of a core asked of the node. Only for those who manage sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_request_millis: Option<i32>,
    /// Overcommit: MiB asked of the node. Only for those who manage sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_request_mib: Option<i32>,
    /// Dotted path under `spec.` to value. Only for those who manage sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub spec_overrides: Option<Map<String, Value>>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Instance sizes of one page, by `sort_order`, then by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InstanceSizeList {
    pub items: Vec<InstanceSize>,
    pub pagination: Pagination,
}

/// An instance size to be created.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceSizeCreate {
    /// 1 to 63 of `a-z 0-9 -`.
    #[schema(example = "medium", min_length = 1, max_length = 63, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    pub name: String,
    #[schema(example = "Medium", min_length = 1, max_length = 100)]
    pub display_name: String,
    #[serde(default)]
    #[schema(max_length = 4096)]
    pub description: String,
    /// True unless given.
    pub enabled: Option<bool>,
    #[serde(default)]
    pub sort_order: i32,
    /// Cores that the guest sees; the limit.
    #[schema(minimum = 1, maximum = 512, example = 2)]
    pub cpu_cores: i32,
    /// Memory that the guest sees; the limit.
    #[schema(minimum = 64, maximum = 16777216, example = 4096)]
    pub memory_mib: i32,
    pub disk: DiskBounds,
    /// Overcommit: thousandths of a core asked of the node. The limit unless given.
    #[schema(minimum = 1)]
    pub cpu_request_millis: Option<i32>,
    /// Overcommit: MiB asked of the node. The limit unless given.
    #[schema(minimum = 1)]
    pub memory_request_mib: Option<i32>,
    /// Pins each core of the guest to a core of the node; forbids overcommit.
    #[serde(default)]
    pub dedicated_cpu: bool,
    pub hugepages: Option<Hugepages>,
    #[serde(default)]
    #[schema(max_items = 16)]
    pub gpus: Vec<Gpu>,
    #[serde(default)]
    #[schema(max_items = 16)]
    pub sriov: Vec<SriovInterface>,
    /// Dotted path under `spec.` to value, set last. Paths that the other members own are refused.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub spec_overrides: Map<String, Value>,
}

/// Changes to an instance size. VMs keep the size they were approved with. Null takes an optional member away.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceSizeUpdate {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 100, required = false)]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 4096, required = false)]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i32, required = false)]
    pub sort_order: Option<i32>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i32, minimum = 1, maximum = 512, required = false)]
    pub cpu_cores: Option<i32>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i32, minimum = 64, maximum = 16777216, required = false)]
    pub memory_mib: Option<i32>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = DiskBounds, required = false)]
    pub disk: Option<DiskBounds>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub cpu_request_millis: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub memory_request_mib: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub dedicated_cpu: Option<bool>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Hugepages>)]
    pub hugepages: Option<Option<Hugepages>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Gpu>, max_items = 16, required = false)]
    pub gpus: Option<Vec<Gpu>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<SriovInterface>, max_items = 16, required = false)]
    pub sriov: Option<Vec<SriovInterface>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    pub spec_overrides: Option<Map<String, Value>>,
}

/// Which instance sizes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InstanceSizeParams {
    pub enabled: Option<bool>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}

impl From<DiskBounds> for size::DiskBounds {
    fn from(disk: DiskBounds) -> Self {
        Self { default_gib: disk.default_gib, min_gib: disk.min_gib, max_gib: disk.max_gib }
    }
}

impl From<size::DiskBounds> for DiskBounds {
    fn from(disk: size::DiskBounds) -> Self {
        Self { default_gib: disk.default_gib, min_gib: disk.min_gib, max_gib: disk.max_gib }
    }
}

impl From<Hugepages> for size::Hugepages {
    fn from(pages: Hugepages) -> Self {
        match pages {
            Hugepages::Mi2 => Self::Mi2,
            Hugepages::Gi1 => Self::Gi1,
        }
    }
}

impl From<size::Hugepages> for Hugepages {
    fn from(pages: size::Hugepages) -> Self {
        match pages {
            size::Hugepages::Mi2 => Self::Mi2,
            size::Hugepages::Gi1 => Self::Gi1,
        }
    }
}
