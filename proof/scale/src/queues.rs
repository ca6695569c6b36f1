//! The queues between an approval and a running VM, simulated ticket by ticket.
//!
//! Three stations: Temporal starts one run after the other; a worker's place is held until the VM runs; each cluster
//! takes changes at the pace of its token bucket. While Temporal is away approvals wait in the outbox.

use rand::rngs::ChaCha12Rng;
use rand::{RngExt as _, SeedableRng as _};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::costs::Costs;

/// What is played.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub n_tickets: u32,
    pub n_clusters: u32,
    /// Approvals in a second; they come at random moments.
    pub arrivals_per_second: f64,
    /// When Temporal goes away, and for how long, seconds.
    pub outage: Option<(f64, f64)>,
    /// Runs that Temporal takes on in a second.
    pub runs_per_second: f64,
    pub n_workers: u32,
    /// Activities that wait in one worker at once.
    pub places: u32,
    /// Changes in a second that one cluster takes, and how many at once.
    pub bucket: (f64, f64),
}

/// What came out, seconds from the approval to the running VM.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub median: f64,
    pub p99: f64,
    pub longest: f64,
    /// Most approvals that waited for Temporal at once.
    pub most_waiting: u32,
    /// From Temporal's return until no approval waited, seconds; 0 without an outage.
    pub drained_after: f64,
    pub finished: u32,
}

/// A time in the queue of events, in microseconds, so that it can be ordered.
type Micros = u64;

/// Tokens of one cluster.
struct Bucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    at: f64,
}

impl Bucket {
    /// When `n` changes that are wanted at `now` have gone through.
    fn take(&mut self, now: f64, n: f64) -> f64 {
        let from = now.max(self.at);
        self.tokens = (self.tokens + (from - self.at) * self.rate).min(self.burst);
        let missing = (n - self.tokens).max(0.0);
        self.at = from + missing / self.rate;
        self.tokens = (self.tokens - n).max(0.0);
        self.at
    }
}

/// Plays a scenario; the same one always comes out the same.
pub fn simulate(scenario: &Scenario, costs: &Costs) -> Outcome {
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let (rate, burst) = scenario.bucket;
    let bucket = || Bucket { rate, burst, tokens: burst, at: 0.0 };
    let mut clusters: Vec<Bucket> = (0..scenario.n_clusters).map(|_| bucket()).collect();
    // Times at which a place becomes free.
    let n_places = scenario.n_workers * scenario.places;
    let mut places: BinaryHeap<Reverse<Micros>> = BinaryHeap::new();
    let (mut approved, mut started) = (0.0, 0.0_f64);
    let mut waiting: std::collections::VecDeque<f64> = std::collections::VecDeque::new();
    let mut took = Vec::new();
    let (mut most_waiting, mut drained_at) = (0, 0.0);
    let end_of_outage = scenario.outage.map_or(0.0, |(at, lasts)| at + lasts);
    for _ in 0..scenario.n_tickets {
        approved += -(1.0 - random.random::<f64>()).ln() / scenario.arrivals_per_second;
        let mut start = approved.max(started + 1.0 / scenario.runs_per_second);
        if let Some((at, lasts)) = scenario.outage
            && start >= at
            && start < at + lasts
        {
            start = at + lasts;
        }
        started = start;
        waiting.push_back(start);
        while waiting.front().is_some_and(|start| *start <= approved) {
            waiting.pop_front();
        }
        most_waiting = most_waiting.max(u32::try_from(waiting.len()).unwrap_or(u32::MAX));
        // The queue is empty when a run starts in the moment of its approval.
        if start > end_of_outage && drained_at == 0.0 && (start - approved) < 1.0 {
            drained_at = start;
        }
        let free = if places.len() < usize::try_from(n_places).unwrap_or(usize::MAX) {
            start
        } else {
            places.pop().map_or(start, |Reverse(at)| seconds(at).max(start))
        };
        let cluster = random.random_range(0..clusters.len());
        let applied = clusters[cluster].take(free, costs.mutations);
        // From half to one and a half of the usual time.
        let running = applied + costs.boot_seconds * (0.5 + random.random::<f64>());
        places.push(Reverse(micros(running)));
        took.push(running - approved);
    }
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get(took.len().saturating_sub(1) * part / 1000).copied().unwrap_or_default();
    Outcome {
        median: at(500),
        p99: at(990),
        longest: at(1000),
        most_waiting,
        drained_after: if scenario.outage.is_some() { (drained_at - end_of_outage).max(0.0) } else { 0.0 },
        finished: u32::try_from(took.len()).unwrap_or(u32::MAX),
    }
}

fn micros(seconds: f64) -> Micros {
    Micros::try_from(std::time::Duration::from_secs_f64(seconds).as_micros()).unwrap_or(Micros::MAX)
}

fn seconds(micros: Micros) -> f64 {
    std::time::Duration::from_micros(micros).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::costs::MEASURED;

    fn calm() -> Scenario {
        Scenario {
            name: "calm",
            n_tickets: 10_000,
            n_clusters: 10,
            arrivals_per_second: 1.0,
            outage: None,
            runs_per_second: 60.0,
            n_workers: 1,
            places: 2_000,
            bucket: (50.0, 100.0),
        }
    }

    /// The queue that a text book solves: one server, random arrivals, equal service times. Mean wait = rho/(2 mu (1-rho)).
    #[test]
    fn a_single_queue_waits_as_long_as_theory_says() {
        let costs = Costs { boot_seconds: 0.0, mutations: 0.0, ..MEASURED };
        let scenario = Scenario { n_tickets: 200_000, arrivals_per_second: 8.0, runs_per_second: 10.0, ..calm() };
        let outcome = simulate(&scenario, &costs);
        // Of an M/D/1 queue with a load of 0.8 the 99th percentile of the wait is 0.9 to 1.1 s.
        assert!((0.8..1.2).contains(&outcome.p99), "{outcome:?}");
        assert_eq!(outcome.finished, 200_000);
    }

    #[test]
    fn without_load_a_ticket_takes_the_time_of_its_machine() {
        let outcome = simulate(&calm(), &MEASURED);
        assert!((outcome.median - MEASURED.boot_seconds).abs() < 1.0, "{outcome:?}");
        assert!(outcome.longest < 1.6 * MEASURED.boot_seconds, "{outcome:?}");
    }

    /// An hour of approvals waits and drains at what is left of Temporal's pace.
    #[test]
    fn after_an_outage_the_queue_drains_at_the_pace_that_is_left() {
        let scenario =
            Scenario { n_tickets: 200_000, arrivals_per_second: 12.0, outage: Some((600.0, 3600.0)), ..calm() };
        let outcome = simulate(&scenario, &Costs { boot_seconds: 1.0, ..MEASURED });
        let expected = 12.0 * 3600.0 / (60.0 - 12.0);
        assert!((outcome.drained_after - expected).abs() < 0.05 * expected, "{outcome:?}, expected {expected}");
        assert!((0.95..1.35).contains(&(f64::from(outcome.most_waiting) / (12.0 * 3600.0))), "{outcome:?}");
    }

    #[test]
    fn places_bound_how_many_machines_start_at_once() {
        // 2 000 places and 25 s each: 80 a second. Twice as many arrive.
        let scenario = Scenario {
            n_tickets: 20_000,
            arrivals_per_second: 160.0,
            runs_per_second: 1e6,
            n_clusters: 1_000,
            ..calm()
        };
        let outcome = simulate(&scenario, &MEASURED);
        let last = 20_000.0 / 80.0 - 20_000.0 / 160.0;
        assert!((outcome.longest / (last + 25.0) - 1.0).abs() < 0.25, "{outcome:?}, expected about {last}");
    }

    #[test]
    fn a_cluster_takes_changes_at_the_pace_of_its_bucket() {
        let mut bucket = Bucket { rate: 50.0, burst: 100.0, tokens: 100.0, at: 0.0 };
        for _ in 0..50 {
            assert!(bucket.take(0.0, 2.0) < 1e-9, "the burst goes through at once");
        }
        assert!((bucket.take(0.0, 2.0) - 0.04).abs() < 1e-9);
        assert!((bucket.take(10.0, 2.0) - 10.0).abs() < 1e-9, "it has filled again");
    }
}
