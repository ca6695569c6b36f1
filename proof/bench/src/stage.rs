//! What every bench is given: how long to measure. What it measures it starts itself, so that no bench works on what
//! another left behind.

use std::time::Duration;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Rounds that count; discarded ones are repeated.
    pub(crate) rounds: usize,
    /// Length of one round.
    pub(crate) round: Duration,
    /// Tickets of the larger data set.
    pub(crate) tickets: u64,
    /// Whether the programs are release builds.
    pub(crate) release: bool,
    /// Whether Temporal keeps its data in the PostgreSQL that is measured.
    pub(crate) temporal_on_postgres: bool,
}

/// What every bench is given.
pub(crate) struct Stage {
    pub(crate) options: Options,
}
