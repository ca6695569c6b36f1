//! Registry of namespaces.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shepherd_domain::Environment;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{Pagination, SortOrder};
use crate::systems::Warning;

/// Where VMs may be asked for. It is created on a cluster when the first VM needs it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Namespace {
    pub id: Uuid,
    #[schema(example = "team")]
    pub name: String,
    /// Name on clusters.
    #[schema(example = "team")]
    pub physical_name: String,
    /// `test` or `prod`.
    #[schema(example = "test")]
    pub environment: String,
    pub description: String,
    /// Whether new VMs may be asked for.
    pub enabled: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Only in the answer to a creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Namespaces of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NamespaceList {
    pub items: Vec<Namespace>,
    pub pagination: Pagination,
}

/// A namespace to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamespaceCreate {
    /// 1 to 15 of `a-z 0-9 -`, beginning with a letter; unique in the tenant, fixed for ever.
    #[schema(example = "team", min_length = 1, max_length = 15, pattern = "^[a-z](-?[a-z0-9])*$")]
    pub name: String,
    /// Fixed for ever; only clusters of the same environment can be chosen.
    #[schema(value_type = String, pattern = "^(test|prod)$", example = "test")]
    pub environment: Environment,
    #[serde(default)]
    #[schema(max_length = 512)]
    pub description: String,
}

/// Changes to a namespace.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamespaceUpdate {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 512, required = false)]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
}

/// Which namespaces.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NamespaceParams {
    /// `test` or `prod`.
    #[param(value_type = Option<String>, pattern = "^(test|prod)$", example = "test")]
    pub environment: Option<Environment>,
    pub enabled: Option<bool>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}
