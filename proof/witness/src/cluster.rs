//! The gateway's journal: every call that reached the cluster.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClusterCall {
    pub seq: u64,
    /// Arrival, cut to milliseconds.
    pub at: DateTime<Utc>,
    pub verb: String,
    pub path: String,
    pub resource: Option<String>,
    pub subresource: Option<String>,
    pub namespace: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub dry_run: bool,
    pub account: Option<String>,
    pub uid: Option<String>,
    pub ticket: Option<String>,
    pub status: Option<u16>,
    pub ms: u64,
    /// `delivered`, `lost`, `injected`, `cut`, `open`.
    pub outcome: String,
    pub fault: Option<String>,
}

impl ClusterCall {
    /// Whether it was meant to change something and may have.
    pub fn is_mutation(&self) -> bool {
        let changes = matches!(self.verb.as_str(), "create" | "update" | "patch" | "delete" | "deletecollection");
        let arrived = matches!(self.outcome.as_str(), "delivered" | "lost");
        changes && !self.dry_run && arrived && self.status.is_none_or(|status| status < 400)
    }

    /// Whether the API server said yes.
    pub fn took_effect(&self) -> bool {
        self.is_mutation() && self.status.is_some()
    }

    /// Whether it is about a machine itself.
    pub fn is_of_machine(&self) -> bool {
        self.resource.as_deref() == Some("virtualmachines") && self.subresource.is_none()
    }

    /// Whether it is about a namespace itself.
    pub fn is_of_namespace(&self) -> bool {
        self.resource.as_deref() == Some("namespaces") && self.subresource.is_none()
    }

    /// Whether it takes something away.
    pub fn is_deletion(&self) -> bool {
        self.verb.starts_with("delete")
    }

    /// Whether the API server said that there is no such object.
    pub fn found_nothing(&self) -> bool {
        self.status == Some(404) && matches!(self.outcome.as_str(), "delivered" | "lost")
    }

    /// The ticket on the object's label.
    pub fn ticket(&self) -> Option<Uuid> {
        self.ticket.as_deref()?.parse().ok()
    }

    /// The latest moment that the journal's precision allows for the arrival.
    pub fn arrived_by(&self) -> DateTime<Utc> {
        self.at + TimeDelta::milliseconds(1)
    }
}

/// A machine that the cluster's administrator found at the end, a line of `machines.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    pub name: String,
    pub uid: String,
    /// The ticket on its label.
    pub ticket: Option<Uuid>,
    /// Whether it is on its way out.
    pub leaving: bool,
}
