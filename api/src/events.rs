//! The stream of changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Data of an event: what to look at again, and its new state.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventData {
    /// `ticket`, `step`, `vm`, `cluster`; also the event's name. A step's resource is its ticket.
    #[schema(example = "ticket")]
    pub kind: String,
    pub resource_id: Uuid,
    #[schema(example = "EXECUTING")]
    pub state: String,
    pub at: DateTime<Utc>,
}

/// Where to go on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventParams {
    /// For clients that cannot send the header `Last-Event-ID`, which wins.
    #[param(pattern = "^[0-9]{1,18}-[0-9]{1,18}$", example = "812-44")]
    pub last_event_id: Option<String>,
}
