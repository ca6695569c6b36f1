//! VMs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::CursorPagination;

/// A VM as it was last seen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Vm {
    pub id: Uuid,
    #[schema(example = "team-shop-web-01")]
    pub name: String,
    /// CREATING, STARTING, RUNNING, STOPPING, STOPPED, PAUSED, MIGRATING, DELETING, FAILED, NOT_FOUND, UNKNOWN.
    pub state: String,
    /// In the cluster's words; empty when there is nothing to say.
    pub state_reason: String,
    /// When it was last looked at; absent before the first time.
    pub observed_at: Option<DateTime<Utc>>,
    /// Ticket that asked for it.
    pub ticket_id: Uuid,
    pub workspace_id: Uuid,
    pub system_id: Uuid,
    #[schema(example = "shop")]
    pub system: String,
    pub service_id: Uuid,
    #[schema(example = "web")]
    pub service: String,
    pub instance: i64,
    pub namespace_id: Uuid,
    #[schema(example = "team")]
    pub namespace: String,
    /// Namespace on the cluster.
    pub physical_namespace: String,
    /// Only for those who may read clusters.
    pub cluster_id: Option<Uuid>,
    #[schema(example = "test-1")]
    pub cluster: String,
    pub node: Option<String>,
    pub guest_ip: Option<String>,
    /// UID of the object on the cluster, once it exists.
    pub uid: Option<String>,
    #[schema(value_type = Object)]
    pub labels: Value,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// VMs of one page, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VmList {
    pub items: Vec<Vm>,
    pub pagination: CursorPagination,
}

/// Which VMs.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VmParams {
    /// States, separated by commas.
    #[param(
        pattern = "^(CREATING|STARTING|RUNNING|STOPPING|STOPPED|PAUSED|MIGRATING|DELETING|FAILED|NOT_FOUND|UNKNOWN)(,(CREATING|STARTING|RUNNING|STOPPING|STOPPED|PAUSED|MIGRATING|DELETING|FAILED|NOT_FOUND|UNKNOWN))*$",
        example = "RUNNING,STOPPED"
    )]
    pub state: Option<String>,
    pub workspace_id: Option<Uuid>,
    pub system_id: Option<Uuid>,
    pub service_id: Option<Uuid>,
    pub namespace_id: Option<Uuid>,
    pub cluster_id: Option<Uuid>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
}
