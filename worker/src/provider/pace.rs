//! How fast we speak to one cluster: a rate that the cluster's refusals lower and time brings back, and a pause when
//! the cluster asks for one.
//!
//! Written here because the well-known limiters have a fixed quota. Additive increase and multiplicative decrease is
//! what keeps several workers and foreign clients fair to each other without any of them knowing the cluster's limit.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use tokio::time::Instant;

/// Calls per second to a cluster that refuses none.
const FULL_RATE: f64 = 50.0;
/// Calls per second that are left after many refusals.
const LEAST_RATE: f64 = 1.0;
/// What a second without a refusal gives back, in calls per second.
const RECOVERY: f64 = 1.0;
/// Seconds at the present rate that an idle time saves up for calls that come at once.
const BURST_SECONDS: f64 = 2.0;
/// Pause after a 429 without `Retry-After`.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause a cluster can impose on its own calls.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Pace of all calls to one cluster.
pub(super) struct Pace {
    /// Who waits stands in line, so that a pause does not end in all of them calling at once. The lock is fair.
    line: tokio::sync::Mutex<()>,
    meter: Mutex<Meter>,
}

/// Leave to make one call, from that moment on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn(Instant);

impl Pace {
    pub(super) fn new() -> Self {
        Self { line: tokio::sync::Mutex::default(), meter: Mutex::new(Meter::new(Instant::now())) }
    }

    /// Waits for our turn. Too fast is a wait, not an error.
    pub(super) async fn turn(&self) -> Turn {
        let _first = self.line.lock().await;
        loop {
            let now = Instant::now();
            let taken = self.meter().take(now);
            match taken {
                Ok(()) => return Turn(now),
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Learns from an answer whether the cluster wants to be left alone. If so, it has not done what we asked.
    pub(super) fn is_refused(&self, turn: Turn, status: StatusCode, headers: &HeaderMap) -> bool {
        let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let pause = match (status, asked.map(Duration::from_secs)) {
            (StatusCode::TOO_MANY_REQUESTS, asked) => asked.unwrap_or(DEFAULT_PAUSE),
            (StatusCode::SERVICE_UNAVAILABLE, Some(asked)) => asked,
            _ => return false,
        };
        self.meter().refused(turn, Instant::now(), pause.min(LONGEST_PAUSE));
        true
    }

    /// What is left of a pause.
    pub(super) fn pause_left(&self) -> Option<Duration> {
        self.meter().pause_left(Instant::now())
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token bucket whose rate changes.
struct Meter {
    rate: f64,
    /// Calls that may be made now.
    saved: f64,
    /// When rate and savings were last brought up to date.
    at: Instant,
    slowed_at: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Meter {
    fn new(now: Instant) -> Self {
        Self { rate: FULL_RATE, saved: FULL_RATE * BURST_SECONDS, at: now, slowed_at: None, paused_until: None }
    }

    /// Takes leave for one call, or says how long to wait before asking again.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some(left) = self.pause_left(now) {
            return Err(left);
        }
        self.advance(now);
        if self.saved < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.saved) / self.rate).max(Duration::from_millis(1)));
        }
        self.saved -= 1.0;
        Ok(())
    }

    /// Time brings calls and speed, a pause neither.
    fn advance(&mut self, now: Instant) {
        let since = self.paused_until.map_or(self.at, |until| until.max(self.at));
        let seconds = now.saturating_duration_since(since).as_secs_f64();
        self.rate = (self.rate + seconds * RECOVERY).min(FULL_RATE);
        self.saved = (self.saved + seconds * self.rate).min(self.rate * BURST_SECONDS);
        self.at = now.max(self.at);
    }

    fn refused(&mut self, turn: Turn, now: Instant, pause: Duration) {
        self.advance(now);
        self.saved = 0.0;
        // Calls that were under way when we slowed down say nothing about the lower rate.
        if self.slowed_at.is_none_or(|at| turn.0 > at) {
            self.rate = (self.rate / 2.0).max(LEAST_RATE);
            self.slowed_at = Some(now);
        }
        let until = now + pause;
        self.paused_until = Some(self.paused_until.map_or(until, |earlier| earlier.max(until)));
    }

    fn pause_left(&self, now: Instant) -> Option<Duration> {
        self.paused_until?.checked_duration_since(now).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn retry_after(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))])
    }

    /// Calls that are let through in that time.
    fn n_taken(meter: &mut Meter, from: Instant, time: Duration) -> u32 {
        let (mut now, mut n) = (from, 0);
        while now < from + time {
            match meter.take(now) {
                Ok(()) => n += 1,
                Err(wait) => now += wait,
            }
        }
        n
    }

    #[tokio::test]
    async fn cluster_that_asks_for_a_pause_gets_one() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        assert!(pace.is_refused(turn, StatusCode::TOO_MANY_REQUESTS, &retry_after("1")));
        let before = Instant::now();
        pace.turn().await;
        assert!(before.elapsed() >= SECOND);
        assert_eq!(pace.pause_left(), None);
    }

    #[test]
    fn pause_is_bounded_and_never_shortened() {
        let (pace, turn) = (Pace::new(), Turn(Instant::now()));
        pace.is_refused(turn, StatusCode::SERVICE_UNAVAILABLE, &retry_after("86400"));
        pace.is_refused(turn, StatusCode::TOO_MANY_REQUESTS, &retry_after("Fri, 31 Dec 1999 23:59:59 GMT"));
        let left = pace.pause_left().unwrap_or_default();
        assert!(left <= LONGEST_PAUSE && left > LONGEST_PAUSE - DEFAULT_PAUSE);
    }

    #[test]
    fn other_answers_do_not_pause() {
        let (pace, turn) = (Pace::new(), Turn(Instant::now()));
        assert!(!pace.is_refused(turn, StatusCode::OK, &retry_after("9")));
        assert!(!pace.is_refused(turn, StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new()));
        assert_eq!(pace.pause_left(), None);
    }

    #[test]
    fn idle_cluster_takes_a_burst_and_then_the_full_rate() {
        let now = Instant::now();
        let n = n_taken(&mut Meter::new(now), now, 2 * SECOND);
        assert!((199..=201).contains(&n), "{n}");
    }

    #[test]
    fn refusals_of_one_flight_halve_the_rate_once_and_nobody_storms_after_the_pause() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        for _ in 0..20 {
            meter.refused(Turn(now), now, SECOND);
        }
        assert_eq!(n_taken(&mut meter, now, SECOND), 0, "a call in the pause");
        let n = n_taken(&mut meter, now + SECOND, SECOND);
        assert!((24..=26).contains(&n), "{n}");
    }

    #[test]
    fn rate_falls_with_each_flight_that_is_refused_and_comes_back_slowly() {
        let mut now = Instant::now();
        let mut meter = Meter::new(now);
        for _ in 0..9 {
            now += Duration::from_millis(1);
            meter.refused(Turn(now), now, Duration::ZERO);
        }
        let n = n_taken(&mut meter, now, SECOND);
        assert!(n <= 1, "{n}");
        now += 10 * SECOND;
        meter.advance(now);
        let n = n_taken(&mut meter, now, SECOND);
        assert!((20..=40).contains(&n), "savings and rate of ten seconds: {n}");
        meter.advance(now + 100 * SECOND);
        assert!(meter.rate >= FULL_RATE);
    }

    #[tokio::test]
    async fn who_comes_first_is_served_first() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        pace.is_refused(turn, StatusCode::TOO_MANY_REQUESTS, &retry_after("0"));
        let order = Mutex::new(Vec::new());
        let call = async |n: u32| {
            pace.turn().await;
            order.lock().unwrap_or_else(PoisonError::into_inner).push(n);
        };
        tokio::join!(call(1), call(2), call(3));
        assert_eq!(order.into_inner().unwrap_or_default(), [1, 2, 3]);
    }
}
