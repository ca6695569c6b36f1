//! The kill storm: one process after the other dies under a steady load, then quiet, then the witness.

use rand::rngs::ChaCha12Rng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::disturbance::{Disturbance, Target};
use crate::results::SeedResult;
use crate::schedule::{Decision, Planned, Schedule, Story};
use crate::vitals::Memory;

/// Tickets a second, and how often somebody dies.
const TICKETS: u64 = 3;
const EVERY: Duration = Duration::from_secs(5);
const VICTIMS: [Target; 4] = [Target::Server, Target::Worker, Target::Temporal, Target::Database];
/// Three quarters of the requests are rejected or cancelled.
const DECISIONS: [Decision; 4] = [Decision::Approve, Decision::Reject, Decision::Cancel, Decision::Reject];
/// Storms are the same each time.
const SEED: u64 = 5;

/// What became of a storm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Storm {
    #[serde(flatten)]
    pub result: SeedResult,
    /// From quiet until nothing moved any more.
    pub drain_seconds: f64,
    pub memory: BTreeMap<String, Memory>,
    /// By table, at the end.
    pub dead_rows: BTreeMap<String, i64>,
    /// Runs of tickets that were still open at the end.
    pub open_workflows: usize,
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "storm: {}", self.result)?;
        writeln!(f, "  drained {:.1} s after quiet, {} runs open", self.drain_seconds, self.open_workflows)?;
        for (name, memory) in &self.memory {
            let (peak, slope) = (memory.peak_mib, memory.slope_mib_per_hour);
            writeln!(f, "  {name}: at most {peak:.0} MiB, {slope:+.1} MiB an hour over {} samples", memory.samples)?;
        }
        write!(f, "  dead rows: {:?}; killed: {:?}", self.dead_rows, self.result.faults)
    }
}

impl Schedule {
    /// The plan of a storm.
    pub(crate) fn storm(length: Duration) -> Self {
        let mut random = ChaCha12Rng::seed_from_u64(SEED);
        let n_stories = usize::try_from(length.as_secs() * TICKETS).unwrap_or(usize::MAX);
        let mut stories = Vec::new();
        let mut disturbances = Vec::new();
        let mut at = Duration::ZERO;
        for (service, decision) in DECISIONS.into_iter().cycle().take(n_stories).enumerate() {
            stories.push(Story {
                at,
                service,
                copies: 1,
                other_body: false,
                thinks: Duration::from_millis(random.random_range(0..1500)),
                decision,
                abandons: None,
                trespasses: false,
            });
            at += Duration::from_millis(1000 / TICKETS);
        }
        let mut at = EVERY;
        while at < length {
            let what = Disturbance::Kill(*VICTIMS.choose(&mut random).unwrap_or(&Target::Worker));
            let lasts = Duration::from_millis(random.random_range(100..1500));
            disturbances.push(Planned { at, lasts, what });
            at += EVERY;
        }
        Self { length, twin: false, expiry: None, stories, disturbances }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_three_tickets_a_second_and_a_death_every_five() {
        let storm = Schedule::storm(Duration::from_mins(10));
        let (n, n_approved) = (storm.stories.len(), storm.stories.iter().filter(|one| one.approves()).count());
        assert_eq!((n, n_approved), (1800, 450));
        assert_eq!(storm.disturbances.len(), 119);
        for victim in VICTIMS {
            let killed =
                storm.disturbances.iter().filter(|one| matches!(one.what, Disturbance::Kill(who) if who == victim));
            assert!(killed.count() > 15, "{victim:?}");
        }
    }
}
