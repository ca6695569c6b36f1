//! How fast we speak to one cluster: a token bucket, and a pause when the cluster asks for one.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use tokio::time::Instant;

/// Calls per second in the long run.
const RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
/// Calls that may come at once.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
/// Pause after a 429 without `Retry-After`.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause a cluster can impose on its own calls.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Pace of all calls to one cluster.
pub(super) struct Pace {
    bucket: DefaultDirectRateLimiter,
    paused_until: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { bucket: RateLimiter::direct(Quota::per_second(RATE).allow_burst(BURST)), paused_until: Mutex::new(None) }
    }

    /// Waits for our turn. Too fast is a wait, not an error.
    pub(super) async fn turn(&self) {
        while let Some(left) = self.pause_left() {
            tokio::time::sleep(left).await;
        }
        self.bucket.until_ready().await;
    }

    /// Learns from an answer whether the cluster wants to be left alone.
    pub(super) fn note(&self, status: StatusCode, headers: &HeaderMap) {
        let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let pause = match (status, asked.map(Duration::from_secs)) {
            (StatusCode::TOO_MANY_REQUESTS, asked) => asked.unwrap_or(DEFAULT_PAUSE),
            (StatusCode::SERVICE_UNAVAILABLE, Some(asked)) => asked,
            _ => return,
        };
        let until = Instant::now() + pause.min(LONGEST_PAUSE);
        let mut paused_until = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *paused_until = Some(paused_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// What is left of a pause.
    pub(super) fn pause_left(&self) -> Option<Duration> {
        let until = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        until?.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn retry_after(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))])
    }

    #[tokio::test]
    async fn cluster_that_asks_for_a_pause_gets_one() {
        let pace = Pace::new();
        pace.note(StatusCode::TOO_MANY_REQUESTS, &retry_after("1"));
        let before = Instant::now();
        pace.turn().await;
        assert!(before.elapsed() >= Duration::from_secs(1));
        assert_eq!(pace.pause_left(), None);
    }

    #[test]
    fn pause_is_bounded_and_never_shortened() {
        let pace = Pace::new();
        pace.note(StatusCode::SERVICE_UNAVAILABLE, &retry_after("86400"));
        pace.note(StatusCode::TOO_MANY_REQUESTS, &retry_after("Fri, 31 Dec 1999 23:59:59 GMT"));
        let left = pace.pause_left().unwrap_or_default();
        assert!(left <= LONGEST_PAUSE && left > LONGEST_PAUSE - DEFAULT_PAUSE);
    }

    #[test]
    fn other_answers_do_not_pause() {
        let pace = Pace::new();
        pace.note(StatusCode::OK, &retry_after("9"));
        pace.note(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new());
        assert_eq!(pace.pause_left(), None);
    }
}
