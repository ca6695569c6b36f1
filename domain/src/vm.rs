//! States of a VM as Shepherd shows them.

use serde::{Deserialize, Serialize};

/// State of a VM: what was last seen on its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VmState {
    /// Row born at approval; the object may not exist yet.
    Creating,
    Starting,
    Running,
    Stopping,
    Stopped,
    Paused,
    Migrating,
    Deleting,
    Failed,
    /// The cluster answers and has no such object.
    NotFound,
    /// The cluster does not answer.
    Unknown,
}

impl VmState {
    pub const ALL: [Self; 11] = [
        Self::Creating,
        Self::Starting,
        Self::Running,
        Self::Stopping,
        Self::Stopped,
        Self::Paused,
        Self::Migrating,
        Self::Deleting,
        Self::Failed,
        Self::NotFound,
        Self::Unknown,
    ];

    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
            Self::Paused => "PAUSED",
            Self::Migrating => "MIGRATING",
            Self::Deleting => "DELETING",
            Self::Failed => "FAILED",
            Self::NotFound => "NOT_FOUND",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// State of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
