//! Systems.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::Pagination;

/// Something accepted that is worth a second look.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    #[schema(example = "NAME_LENGTH_WARNING")]
    pub code: String,
    #[schema(value_type = Object)]
    pub params: serde_json::Value,
}

/// Business grouping, top of the hierarchy.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct System {
    pub id: Uuid,
    pub workspace_id: Uuid,
    #[schema(example = "shop")]
    pub name: String,
    /// Markdown.
    pub description: String,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Only in the answer to a creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Systems of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SystemList {
    pub items: Vec<System>,
    pub pagination: Pagination,
}

/// A System to be created.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemCreate {
    /// 1 to 15 of `a-z 0-9 -`, beginning with a letter; unique in the tenant, fixed for ever.
    #[schema(example = "shop", min_length = 1, max_length = 15, pattern = "^[a-z](-?[a-z0-9])*$")]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 4096)]
    pub description: String,
    /// The tenant's only workspace, unless it has several.
    pub workspace_id: Option<Uuid>,
}

/// Changes to a System.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemUpdate {
    #[schema(max_length = 4096)]
    pub description: String,
}

/// Confirmation of a deletion.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConfirmName {
    /// Name of what is to be deleted, typed again.
    pub confirm_name: Option<String>,
}
