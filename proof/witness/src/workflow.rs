//! What Temporal says of its runs: the list that `temporal workflow list -o json` prints.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Workflow {
    pub execution: Execution,
    /// `WORKFLOW_EXECUTION_STATUS_RUNNING` and so on.
    pub status: String,
}

/// Its ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    pub workflow_id: String,
    pub run_id: String,
}

impl Workflow {
    /// The ticket whose run it is.
    pub fn ticket(&self) -> Option<Uuid> {
        self.execution.workflow_id.strip_prefix("ticket-")?.parse().ok()
    }

    /// The status without its prefix.
    pub fn status(&self) -> &str {
        self.status.trim_start_matches("WORKFLOW_EXECUTION_STATUS_")
    }
}
