//! Services.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::{Pagination, SortOrder};
use crate::systems::Warning;

/// Part of a System; counts its own instances.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Service {
    pub id: Uuid,
    pub system_id: Uuid,
    #[schema(example = "shop")]
    pub system_name: String,
    /// The System's.
    pub workspace_id: Uuid,
    #[schema(example = "web")]
    pub name: String,
    /// Markdown.
    pub description: String,
    /// Number of the next VM that is asked for; never falls.
    pub next_instance: i64,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Only in the answer to a creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Services of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceList {
    pub items: Vec<Service>,
    pub pagination: Pagination,
}

/// A Service to be created.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceCreate {
    pub system_id: Uuid,
    /// 1 to 15 of `a-z 0-9 -`, beginning with a letter; unique in the System, fixed for ever.
    #[schema(example = "web", min_length = 1, max_length = 15, pattern = "^[a-z](-?[a-z0-9])*$")]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 4096)]
    pub description: String,
}

/// Changes to a Service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceUpdate {
    #[schema(max_length = 4096)]
    pub description: String,
}

/// Which Services.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ServiceParams {
    /// Only of this System.
    pub system_id: Option<Uuid>,
    /// Only of this workspace.
    pub workspace_id: Option<Uuid>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}

/// Confirmation of a deletion.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Confirm {
    /// Must be `true`.
    pub confirm: Option<bool>,
}
