//! Envelopes of lists.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    #[default]
    Asc,
    Desc,
}

/// Where a small list is cut.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Pagination {
    pub page: i64,
    pub per_page: i64,
    pub total: i64,
    pub total_pages: i64,
}

impl Pagination {
    /// Pagination of a list of `total` entries.
    pub fn new(page: i64, per_page: i64, total: i64) -> Self {
        Self { page, per_page, total, total_pages: (total + per_page - 1) / per_page }
    }
}

/// Where a growing list is cut.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CursorPagination {
    pub per_page: i64,
    /// For the query parameter `cursor` with the same filters; absent on the last page.
    pub next_cursor: Option<String>,
    /// Matching entries, counted up to 1,000.
    pub total: i64,
    /// Whether there are more than `total`.
    pub more: bool,
}

/// Which page of a small list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
    /// Only of this workspace.
    pub workspace_id: Option<uuid::Uuid>,
}
