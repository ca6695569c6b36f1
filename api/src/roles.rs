//! Roles and who holds them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::{PageParams, Pagination, SortOrder};

/// Built-in role.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Role {
    #[schema(example = "Operator")]
    pub name: String,
    /// `platform`, `tenant` or `workspace`; only the last can be bound in a workspace.
    #[schema(example = "workspace")]
    pub scope: String,
    #[schema(example = json!(["compute:vm:create"]))]
    pub permissions: Vec<String>,
}

/// All roles.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleList {
    pub items: Vec<Role>,
    pub pagination: Pagination,
}

/// Role held by a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleBinding {
    pub id: Uuid,
    pub principal_id: Uuid,
    #[schema(example = "rita")]
    pub username: String,
    #[schema(example = "Operator")]
    pub role: String,
    /// Absent: the whole tenant.
    pub workspace_id: Option<Uuid>,
    /// `system` for those of set-up, else `manual`.
    #[schema(example = "manual")]
    pub source: String,
    pub granted_by: Uuid,
    pub created_at: DateTime<Utc>,
}

/// Bindings of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleBindingList {
    pub items: Vec<RoleBinding>,
    pub pagination: Pagination,
}

/// Which bindings.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoleBindingParams {
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
    pub principal_id: Option<Uuid>,
    /// Only those bound in this workspace.
    pub workspace_id: Option<Uuid>,
}

impl RoleBindingParams {
    /// The part that says which page.
    pub fn page(&self) -> PageParams {
        PageParams { page: self.page, per_page: self.per_page, sort_order: self.sort_order, workspace_id: None }
    }
}

/// A role to be granted to somebody else.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBindingCreate {
    pub principal_id: Uuid,
    #[schema(example = "Operator")]
    pub role: String,
    /// Absent: the whole tenant.
    pub workspace_id: Option<Uuid>,
}
