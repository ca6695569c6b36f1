//! Clusters: where VMs run.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shepherd_domain::Environment;
use shepherd_domain::placement::ClusterStatus;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{Pagination, SortOrder};
use crate::secret::Secret;

/// A cluster. Its credential is never shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Cluster {
    pub id: Uuid,
    #[schema(example = "berlin-1")]
    pub name: String,
    pub display_name: String,
    /// `test` or `prod`.
    #[schema(example = "test")]
    pub environment: String,
    /// Whether it is open for new VMs.
    pub enabled: bool,
    /// Whether it can be chosen for a VM: enabled, and its last check has passed.
    pub usable: bool,
    #[schema(example = "https://api.berlin-1.example.org:6443/")]
    pub api_server_url: String,
    /// Grows with every new credential.
    pub credential_version: i32,
    /// UNKNOWN, HEALTHY, UNHEALTHY, UNREACHABLE.
    #[schema(example = "HEALTHY")]
    pub status: String,
    pub verdict: Verdict,
    /// When the last check of the present credential ended.
    pub checked_at: Option<DateTime<Utc>>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What the last check found; empty before the first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// Whether the API server answered.
    pub reachable: bool,
    #[schema(example = "v1.37.1")]
    pub kubernetes_version: Option<String>,
    #[schema(example = "v1.9.0")]
    pub kubevirt_version: Option<String>,
    /// Feature gates of KubeVirt that are on.
    #[schema(example = json!(["LiveMigration"]))]
    pub feature_gates: Vec<String>,
    pub storage_classes: Vec<StorageClass>,
    pub nodes: ClusterNodes,
    /// Rights that our account lacks.
    pub missing_rights: Vec<ClusterRight>,
    /// Whatever keeps the cluster from being healthy.
    pub faults: Vec<ClusterFault>,
}

/// Storage class of a cluster.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StorageClass {
    pub name: String,
    /// Whether it is the cluster's default.
    pub default: bool,
}

/// What the nodes of a cluster offer together.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ClusterNodes {
    pub n_nodes: i64,
    #[schema(example = json!(["amd64"]))]
    pub architectures: Vec<String>,
    /// Sizes of which at least one node has some.
    #[schema(example = json!(["2Mi"]))]
    pub hugepages: Vec<String>,
    /// Resources of device plugins with capacity.
    #[schema(example = json!(["nvidia.com/GA102GL_A10"]))]
    pub devices: Vec<String>,
}

/// Permission to use one verb on one resource in all namespaces.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClusterRight {
    /// Empty for the core group.
    #[schema(example = "kubevirt.io")]
    pub group: String,
    #[schema(example = "virtualmachines")]
    pub resource: String,
    #[schema(example = "create")]
    pub verb: String,
}

/// What went wrong in a check.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClusterFault {
    #[schema(example = "KUBEVIRT_MISSING")]
    pub code: String,
    /// In the cluster's words.
    pub message: String,
}

/// Clusters of one page, by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClusterList {
    pub items: Vec<Cluster>,
    pub pagination: Pagination,
}

/// A cluster to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterRegister {
    /// 1 to 63 of `a-z 0-9 -`.
    #[schema(example = "berlin-1", min_length = 1, max_length = 63, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    pub name: String,
    /// The name unless given.
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    /// Fixed for ever.
    #[schema(value_type = String, pattern = "^(test|prod)$", example = "test")]
    pub environment: Environment,
    /// YAML or JSON with one cluster, one user and one context; everything inline, no commands, no files.
    #[schema(value_type = String, write_only, max_length = 65536)]
    pub kubeconfig: Secret,
}

/// A new credential.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterRotate {
    /// As at the registration.
    #[schema(value_type = String, write_only, max_length = 65536)]
    pub kubeconfig: Secret,
}

/// Changes to a cluster.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterUpdate {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 100, required = false)]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
}

/// Which clusters.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClusterParams {
    /// `test` or `prod`.
    #[param(value_type = Option<String>, pattern = "^(test|prod)$", example = "test")]
    pub environment: Option<Environment>,
    /// UNKNOWN, HEALTHY, UNHEALTHY, UNREACHABLE.
    #[param(value_type = Option<String>, pattern = "^(UNKNOWN|HEALTHY|UNHEALTHY|UNREACHABLE)$", example = "HEALTHY")]
    pub status: Option<ClusterStatus>,
    pub enabled: Option<bool>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}
