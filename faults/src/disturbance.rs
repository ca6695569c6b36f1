//! What a test may do to the first execution of an activity.

use std::sync::atomic::{AtomicBool, Ordering};

/// Kinds of disturbance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// Fails without having done anything.
    FailBefore,
    /// Does its work and fails.
    FailAfter,
    /// Does its work twice.
    Twice,
    /// Does nothing and never ends.
    Hang,
    /// Does its work and never says so.
    Silence,
    /// Its run is cancelled in Temporal before it does its work.
    Cancel,
}

impl Disturbance {
    pub const ALL: [Self; 6] =
        [Self::FailBefore, Self::FailAfter, Self::Twice, Self::Hang, Self::Silence, Self::Cancel];

    /// Word in `SHEPHERD_DISTURB`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FailBefore => "fail_before",
            Self::FailAfter => "fail_after",
            Self::Twice => "twice",
            Self::Hang => "hang",
            Self::Silence => "silence",
            Self::Cancel => "cancel",
        }
    }
}

static IS_SPENT: AtomicBool = AtomicBool::new(false);

/// What to do to this execution of `activity`: once in the life of a process, and never in a release build.
pub fn disturbance(activity: &str) -> Option<Disturbance> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let wanted = std::env::var("SHEPHERD_DISTURB").ok()?;
    let (name, kind) = wanted.split_once('=')?;
    let kind = Disturbance::ALL.into_iter().find(|one| one.as_str() == kind)?;
    (name == activity && !IS_SPENT.swap(true, Ordering::AcqRel)).then_some(kind)
}
