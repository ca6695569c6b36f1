//! A token bucket: so many calls at once, so many in a second in the long run.

use std::time::{Duration, Instant};

/// What is left of the burst, kept as the moment at which the bucket will be full again.
#[derive(Debug)]
pub struct Bucket {
    refill: Duration,
    burst: u32,
    full_at: Instant,
}

impl Bucket {
    /// A full one. Neither number is zero.
    pub fn full(per_second: u32, burst: u32, now: Instant) -> Bucket {
        Bucket { refill: Duration::from_secs(1) / per_second, burst, full_at: now }
    }

    /// Takes one token if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.max(now) + self.refill;
        let there = full_at - now <= self.refill * self.burst;
        if there {
            self.full_at = full_at;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_its_burst_a_bucket_gives_as_fast_as_it_fills() {
        let start = Instant::now();
        let mut bucket = Bucket::full(10, 3, start);
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!([0, 0, 0, 0].map(|ms| bucket.take(at(ms))), [true, true, true, false]);
        assert_eq!([99, 100, 199, 200].map(|ms| bucket.take(at(ms))), [false, true, false, true]);
        assert_eq!([5000; 4].map(|ms| bucket.take(at(ms))), [true, true, true, false]);
    }
}
