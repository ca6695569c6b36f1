//! Steps of a run as people see them, in the order of execution.

use serde::{Deserialize, Serialize};

/// One step. The words live in histories and in the database: they do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    EnsureNamespace,
    ApplyVm,
    AwaitVmReady,
    RemoveVm,
    RemoveNamespace,
}

impl StepName {
    pub const ALL: [Self; 5] =
        [Self::EnsureNamespace, Self::ApplyVm, Self::AwaitVmReady, Self::RemoveVm, Self::RemoveNamespace];

    /// Steps of a run that goes well.
    pub const FORWARD: [Self; 3] = [Self::EnsureNamespace, Self::ApplyVm, Self::AwaitVmReady];

    /// Steps that take a run back.
    pub const UNDO: [Self; 2] = [Self::RemoveVm, Self::RemoveNamespace];

    /// Word in the database and on the wire; also the activity's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnsureNamespace => "ensure_namespace",
            Self::ApplyVm => "apply_vm",
            Self::AwaitVmReady => "await_vm_ready",
            Self::RemoveVm => "remove_vm",
            Self::RemoveNamespace => "remove_namespace",
        }
    }

    /// How long the step may take before somebody should look. For a VM's readiness it is the default of the
    /// worker's own deadline; other steps are parked after this long.
    pub fn deadline_seconds(self) -> i64 {
        match self {
            Self::AwaitVmReady => 30 * 60,
            Self::EnsureNamespace | Self::ApplyVm | Self::RemoveVm | Self::RemoveNamespace => 10 * 60,
        }
    }

    /// Place in the order in which steps are shown.
    pub fn position(self) -> i32 {
        match self {
            Self::EnsureNamespace => 1,
            Self::ApplyVm => 2,
            Self::AwaitVmReady => 3,
            Self::RemoveVm => 4,
            Self::RemoveNamespace => 5,
        }
    }
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepState {
    Running,
    /// Failed for a cause that may go; tried again.
    Retrying,
    Done,
    /// Failed for good.
    Failed,
}

impl StepState {
    /// States of a step that is not done.
    pub const OPEN: [Self; 3] = [Self::Running, Self::Retrying, Self::Failed];

    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Retrying => "RETRYING",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
        }
    }
}
