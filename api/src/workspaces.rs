//! Workspaces.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::{PageParams, Pagination, SortOrder};

/// Part of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Workspace {
    pub id: Uuid,
    #[schema(example = "default")]
    pub name: String,
    /// Fixed for ever.
    #[schema(example = "default")]
    pub region: String,
    pub created_at: DateTime<Utc>,
}

/// Workspaces of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceList {
    pub items: Vec<Workspace>,
    pub pagination: Pagination,
}

/// Which page of the workspaces.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkspaceParams {
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
}

impl WorkspaceParams {
    /// The same as parameters of any small list.
    pub fn page(&self) -> PageParams {
        PageParams { page: self.page, per_page: self.per_page, sort_order: self.sort_order, workspace_id: None }
    }
}
