//! Clusters: where VMs run.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shepherd_domain::Environment;
use shepherd_domain::placement::ClusterStatus;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{Pagination, SortOrder};

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
#[serde(default)]
pub struct Verdict {
    #[schema(example = "v1.37.1")]
    pub kubernetes_version: Option<String>,
    #[schema(example = "v1.9.0")]
    pub kubevirt_version: Option<String>,
    pub storage_classes: Vec<StorageClass>,
    /// Rights that our account lacks.
    #[schema(example = json!(["create virtualmachines.kubevirt.io"]))]
    pub missing_rights: Vec<String>,
    /// Feature gates, hugepages, devices and whatever else the check found.
    #[schema(value_type = Object)]
    pub capabilities: Value,
    /// Why the cluster is not healthy.
    pub fault: Option<ClusterFault>,
}

/// Storage class of a cluster.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StorageClass {
    pub name: String,
    /// Whether it is the cluster's default.
    pub default: bool,
}

/// Why a cluster is not healthy.
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

/// A cluster to be registered. No `Debug`: it holds a secret.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterRegister {
    /// 1 to 63 of `a-z 0-9 -`.
    #[schema(example = "berlin-1", min_length = 1, max_length = 63)]
    pub name: String,
    /// The name unless given.
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    /// Fixed for ever.
    #[schema(value_type = String, pattern = "^(test|prod)$", example = "test")]
    pub environment: Environment,
    /// YAML or JSON with one cluster, one user and one context; everything inline, no commands, no files.
    #[schema(write_only, max_length = 65536)]
    pub kubeconfig: String,
}

/// A new credential. No `Debug`: it is a secret.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterRotate {
    /// As at the registration.
    #[schema(write_only, max_length = 65536)]
    pub kubeconfig: String,
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
    #[param(value_type = Option<String>, example = "test")]
    pub environment: Option<Environment>,
    /// UNKNOWN, HEALTHY, UNHEALTHY, UNREACHABLE.
    #[param(value_type = Option<String>, example = "HEALTHY")]
    pub status: Option<ClusterStatus>,
    pub enabled: Option<bool>,
    /// From 1.
    #[param(minimum = 1, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}
