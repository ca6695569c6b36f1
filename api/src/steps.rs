//! Steps of all runs under way, for those who operate.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::{Pagination, SortOrder};

/// A step that is not done, with the ticket it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenStep {
    pub ticket_id: Uuid,
    pub workspace_id: Uuid,
    #[schema(example = "team-shop-web-01")]
    pub vm_name: String,
    /// RUNNING, PARKED, UNDOING, NEEDS_OPERATOR; of the whole run.
    pub run_state: Option<String>,
    pub cluster: Option<String>,
    #[schema(example = "apply_vm")]
    pub name: String,
    /// RUNNING, RETRYING, FAILED.
    pub state: String,
    pub attempt: i32,
    pub started_at: DateTime<Utc>,
    /// Since when it has failed without a success in between.
    pub failing_since: Option<DateTime<Utc>>,
    /// Code of the last error.
    #[schema(example = "CLUSTER_UNHEALTHY")]
    pub fault_code: Option<String>,
    /// Last error: code, message in the cluster's words, whether it may go by itself.
    #[schema(value_type = Option<Object>)]
    pub fault: Option<Value>,
    pub next_try_at: Option<DateTime<Utc>>,
    /// When it should have been done: 30 minutes after its start for a VM's readiness, else 10.
    pub deadline_at: DateTime<Utc>,
    /// Whether it goes on past its deadline. What has failed for good does not go on.
    pub overdue: bool,
}

/// Steps of one page: overdue ones first, then by their start.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StepList {
    pub items: Vec<OpenStep>,
    pub pagination: Pagination,
}

/// Which steps.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StepParams {
    /// States, separated by commas: RUNNING, RETRYING, FAILED.
    #[param(pattern = "^(RUNNING|RETRYING|FAILED)(,(RUNNING|RETRYING|FAILED))*$", example = "RETRYING,FAILED")]
    pub state: Option<String>,
    pub overdue: Option<bool>,
    /// Only of this workspace.
    pub workspace_id: Option<Uuid>,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    /// 20 unless given, at most 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    /// Of the start, inside the overdue ones and inside the others.
    pub sort_order: Option<SortOrder>,
}
