//! What a seed decides: which stories are played, what is disturbed, when and for how long.

use rand::rngs::ChaCha12Rng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use std::time::Duration;

use crate::disturbance::{Disturbance, Flow, Link, Target, cluster_faults};

/// Shortest and longest load.
const SECONDS: std::ops::RangeInclusive<u64> = 10..=60;

/// One seed's plan.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub length: Duration,
    /// Whether a second worker runs, which takes over from the first.
    pub(crate) twin: bool,
    /// Seconds after which undecided requests expire, where they do.
    pub(crate) expiry: Option<u64>,
    pub(crate) stories: Vec<Story>,
    pub(crate) disturbances: Vec<Planned>,
}

/// A disturbance with its time.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) at: Duration,
    pub(crate) lasts: Duration,
    pub(crate) what: Disturbance,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Story {
    pub(crate) at: Duration,
    pub(crate) service: usize,
    /// How often the submit is sent at once, with one key.
    pub(crate) copies: usize,
    /// Whether the key is tried with another body afterwards.
    pub(crate) other_body: bool,
    pub(crate) thinks: Duration,
    pub(crate) decision: Decision,
    /// After which time the requester abandons the run.
    pub(crate) abandons: Option<Duration>,
    /// Whether somebody looks for what belongs to another tenant, or to nobody.
    pub(crate) trespasses: bool,
}

/// Who decides.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision {
    Nobody,
    Approve,
    Reject,
    Cancel,
    /// Two approvers and the requester at once.
    Race,
    /// The requester tries, then an approver decides.
    OwnThenApprove,
}

impl Story {
    /// Whether somebody approves, and nobody does anything else.
    #[cfg(test)]
    pub(crate) fn approves(&self) -> bool {
        matches!(self.decision, Decision::Approve)
    }
}

impl Schedule {
    /// The plan of a seed. A given length cuts or stretches the load, and is part of what is replayed.
    pub fn of(seed: u64, seconds: Option<u64>) -> Self {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let drawn = random.random_range(SECONDS);
        let length = Duration::from_secs(seconds.unwrap_or(drawn));
        let mut stories = Vec::new();
        let mut at = Duration::ZERO;
        while at < length {
            stories.push(story(&mut random, at));
            at += Duration::from_millis(random.random_range(300..1500));
        }
        let disturbances = disturbances(&mut random, length);
        let twin = random.random_bool(0.4);
        // About as long as people think: decisions and expiry meet.
        let expiry = random.random_bool(0.4).then(|| random.random_range(2..8));
        Self { length, twin, expiry, stories, disturbances }
    }
}

impl Schedule {
    /// Whether `target` is killed.
    pub(crate) fn kills(&self, target: Target) -> bool {
        self.disturbances.iter().any(|one| matches!(one.what, Disturbance::Kill(who) if who == target))
    }
}

fn story(random: &mut ChaCha12Rng, at: Duration) -> Story {
    use Decision::{Approve, Cancel, Nobody, OwnThenApprove, Race, Reject};
    let decisions = [Approve, Approve, Approve, Race, Race, Reject, Cancel, OwnThenApprove, Nobody];
    let abandons = random.random_bool(0.12).then(|| Duration::from_millis(random.random_range(0..2500)));
    Story {
        at,
        service: random.random_range(0..usize::MAX),
        copies: if random.random_bool(0.25) { random.random_range(2..6) } else { 1 },
        other_body: random.random_bool(0.15),
        thinks: Duration::from_millis(random.random_range(0..2500)),
        decision: *decisions.choose(random).unwrap_or(&Nobody),
        abandons,
        trespasses: random.random_bool(0.1),
    }
}

/// One after the other on each target; different targets overlap.
fn disturbances(random: &mut ChaCha12Rng, length: Duration) -> Vec<Planned> {
    let mut planned = Vec::new();
    for target in Target::ALL {
        // Some runs leave a target alone.
        if random.random_bool(0.35) {
            continue;
        }
        let mut at = Duration::from_millis(random.random_range(500..8000));
        while at < length {
            let (what, most) = disturbance(random, target);
            let lasts = Duration::from_millis(random.random_range(100..most));
            planned.push(Planned { at, lasts, what });
            at += lasts + Duration::from_millis(random.random_range(2500..9000));
        }
    }
    planned.sort_by_key(|one| one.at);
    planned
}

/// A disturbance and the longest that it lasts, in milliseconds.
fn disturbance(random: &mut ChaCha12Rng, target: Target) -> (Disturbance, u64) {
    match target {
        Target::Server if random.random_bool(0.6) => (Disturbance::Kill(target), 1500),
        Target::Server => (Disturbance::Freeze(target), 3000),
        Target::Worker if random.random_bool(0.6) => (Disturbance::Kill(target), 2500),
        // Longer than a heartbeat's patience, so that it wakes as a zombie.
        Target::Worker => (Disturbance::Freeze(target), 14_000),
        Target::Temporal => (Disturbance::Kill(target), 4000),
        Target::Cluster => {
            let faults = cluster_faults();
            let (matching, fault) = faults.choose(random).cloned().unwrap_or_default();
            (Disturbance::Cluster { matching, fault, times: random.random_range(1..4) }, 4000)
        }
        Target::Database => {
            (Disturbance::Backends { skip: random.random_range(0..8), n: random.random_range(1..4) }, 200)
        }
        Target::Link(link) => {
            let flow = match random.random_range(0..5) {
                0 | 1 => Flow::Cut,
                2 => Flow::Late { ms: random.random_range(50..600) },
                3 => Flow::OneWay { up: true },
                _ => Flow::OneWay { up: false },
            };
            (Disturbance::Flow { link, flow }, if matches!(link, Link::ServerDatabase) { 4000 } else { 6000 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_always_the_same_schedule_and_another_seed_another() {
        let shown = |seed| format!("{:?}", Schedule::of(seed, None));
        assert_eq!(shown(7), shown(7));
        assert_ne!(shown(7), shown(8));
    }

    #[test]
    fn sixty_seeds_hold_every_kind_of_disturbance_and_of_decision() {
        let (mut disturbed, mut decided) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for seed in 1..=60 {
            let schedule = Schedule::of(seed, None);
            disturbed.extend(schedule.disturbances.iter().map(|planned| planned.what.kind()));
            decided.extend(schedule.stories.iter().map(|story| format!("{:?}", story.decision)));
        }
        assert_eq!(decided.len(), 6, "{decided:?}");
        assert_eq!(disturbed.len(), 5 + cluster_faults().len() + 9 + 1, "{disturbed:?}");
    }
}
