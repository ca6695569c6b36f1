//! The audit export, and the same records as they stand in the database.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A record in the form of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub action: String,
    pub outcome: String,
    pub actor_id: Uuid,
    pub actor_name: String,
    pub session_id: Option<Uuid>,
    pub resource_type: String,
    pub resource_id: String,
    pub resource_name: String,
    pub workspace_id: Option<Uuid>,
    pub details: Value,
    pub spec_digest: Option<String>,
    pub workflow_id: Option<String>,
    pub run_id: Option<String>,
    pub request_id: Uuid,
    pub source: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// Hex.
    pub leaf_hash: String,
}

impl Record {
    /// A record out of a line of the export.
    ///
    /// # Errors
    /// When it is not one.
    pub fn from_line(line: &str) -> anyhow::Result<Self> {
        let mut value: Value = serde_json::from_str(line)?;
        for (whole, parts) in [("actor", &["id", "name"][..]), ("resource", &["type", "id", "name"])] {
            for part in parts {
                value[format!("{whole}_{part}")] = value[whole][part].take();
            }
        }
        Ok(serde_json::from_value(value)?)
    }

    /// The ticket that it is about.
    pub fn ticket(&self) -> Option<Uuid> {
        (self.resource_type == "ticket").then(|| self.resource_id.parse().ok()).flatten()
    }

    /// Whether somebody did it, rather than tried to.
    pub fn happened(&self) -> bool {
        self.outcome != "REFUSED"
    }

    /// Whether it happened and is this action.
    pub fn is(&self, action: &str) -> bool {
        self.action == action && self.happened()
    }

    /// A word of the details.
    pub fn detail(&self, name: &str) -> &str {
        self.details[name].as_str().unwrap_or_default()
    }

    /// Hash over everything but the time, computed anew.
    pub fn hash(&self) -> String {
        hash(&json!({
            "tenant_id": self.tenant_id, "id": self.id, "action": self.action, "outcome": self.outcome,
            "actor_id": self.actor_id, "actor_name": self.actor_name, "session_id": self.session_id,
            "resource_type": self.resource_type, "resource_id": self.resource_id,
            "resource_name": self.resource_name, "workspace_id": self.workspace_id, "details": self.details,
            "spec_digest": self.spec_digest, "workflow_id": self.workflow_id, "run_id": self.run_id,
            "request_id": self.request_id, "source": self.source, "ip": self.ip, "user_agent": self.user_agent,
        }))
    }
}

/// SHA-256 over the canonical form (RFC 8785), in hex.
pub(crate) fn hash(value: &Value) -> String {
    // A `Value` has string keys and finite numbers only: nothing can fail.
    hex::encode(Sha256::digest(serde_json_canonicalizer::to_vec(value).unwrap_or_default()))
}
