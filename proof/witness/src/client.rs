//! The clients' journal: what was asked, and what the caller knows of the answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// One call, written by the client that made it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    pub id: u64,
    pub actor: Uuid,
    /// Operation id of the contract.
    pub operation: String,
    /// The id in the path.
    pub subject: Option<Uuid>,
    pub key: Option<String>,
    /// Digest over path and body.
    pub digest: String,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub outcome: Outcome,
}

/// What the caller knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    Answered {
        status: u16,
        answer: Value,
    },
    /// A time-out or a broken connection: it may have happened.
    Unknown {
        cause: String,
    },
}

impl Call {
    /// Status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match &self.outcome {
            Outcome::Answered { status, .. } => Some(*status),
            Outcome::Unknown { .. } => None,
        }
    }

    /// The answer; null without one.
    pub fn answer(&self) -> &Value {
        match &self.outcome {
            Outcome::Answered { answer, .. } => answer,
            Outcome::Unknown { .. } => &Value::Null,
        }
    }

    /// Whether the caller was told that it was done.
    pub fn succeeded(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the caller cannot know.
    pub fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown { .. })
    }

    /// The problem's code.
    pub fn code(&self) -> &str {
        self.answer()["code"].as_str().unwrap_or_default()
    }

    /// The ticket that the call was about, or made.
    pub fn ticket(&self) -> Option<Uuid> {
        match self.operation.as_str() {
            "ticket_submit" => id(&self.answer()["id"]),
            operation if operation.starts_with("ticket_") => self.subject,
            _ => None,
        }
    }

    /// Route of a call with a key, as the database names it.
    pub fn route(&self) -> Option<&'static str> {
        Some(match self.operation.as_str() {
            "ticket_submit" => "POST /api/v1/tickets",
            "ticket_approve" => "POST /api/v1/tickets/{id}/approve",
            "ticket_reject" => "POST /api/v1/tickets/{id}/reject",
            "ticket_cancel" => "POST /api/v1/tickets/{id}/cancel",
            "ticket_abandon" => "POST /api/v1/tickets/{id}/abandon",
            _ => return None,
        })
    }
}

/// An id in an answer.
pub(crate) fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
