//! Health.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One dependency.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HealthCheck {
    /// `ok` or `unavailable`.
    pub status: String,
}

/// Whether the server can work.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok` or `unavailable`.
    pub status: String,
    /// Each dependency by name; only of readiness.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, HealthCheck>,
}

/// A stretch of time in which nothing changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HealthSpan {
    /// OK, UNAVAILABLE, UNKNOWN.
    #[schema(example = "OK")]
    pub state: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// Something that the product stands on, as workers see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Dependency {
    /// `database`, `temporal`, `worker`, `cluster`.
    #[schema(example = "cluster")]
    pub kind: String,
    /// Of a cluster its name, else the same as `kind`.
    #[schema(example = "fra-1")]
    pub name: String,
    pub cluster_id: Option<Uuid>,
    /// OK; UNAVAILABLE; UNKNOWN while no worker looks. A worker from which nothing is heard is UNAVAILABLE.
    #[schema(example = "OK")]
    pub state: String,
    /// Last moment at which it was seen to be well; of the last seven days.
    pub last_good_at: Option<DateTime<Utc>>,
    /// The last 24 hours without gaps, oldest first, up to `as_of`; at most the last 100 changes.
    pub history: Vec<HealthSpan>,
}

/// Every dependency at one moment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DependencyList {
    pub as_of: DateTime<Utc>,
    pub items: Vec<Dependency>,
}
