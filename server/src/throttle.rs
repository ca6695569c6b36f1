//! Slowing down guesses: only failures count, for the account and for the address they come from.

use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use serde_json::json;
use shepherd_domain::{Code, Refusal};
use shepherd_store::Ctx;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More keys than this and those that have calmed down are forgotten.
const MANY: usize = 10_000;

type Failures = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Failures by key, and who has to wait until when.
pub(crate) struct Throttle {
    failures: Failures,
    /// A limiter can only be asked by counting, so whom it stopped is kept beside it.
    stopped: Mutex<HashMap<String, Instant>>,
    pause: Duration,
}

impl Throttle {
    pub(crate) fn per_minute(failures: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(failures).unwrap_or(NonZeroU32::MIN));
        let failures = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { failures, stopped: Mutex::default(), pause: quota.replenish_interval() }
    }

    /// Whether the next guess may be made.
    ///
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` with the seconds to wait.
    pub(crate) fn check(&self, keys: &[String]) -> Result<(), Refusal> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let left = keys.iter().filter_map(|key| stopped.get(key)?.checked_duration_since(now)).max();
        match left.filter(|left| !left.is_zero()) {
            None => Ok(()),
            Some(left) => {
                let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                Err(Refusal::new(Code::RateLimited).with(json!({"retry_after": seconds})))
            }
        }
    }

    /// Counts a wrong guess.
    pub(crate) fn failed(&self, keys: &[String]) {
        let now = Instant::now();
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            let more = self.failures.check_key(key).is_ok_and(|state| state.remaining_burst_capacity() > 0);
            if !more {
                stopped.insert(key.clone(), now + self.pause);
            }
        }
        if self.failures.len() > MANY {
            self.failures.retain_recent();
            stopped.retain(|_, until| *until > now);
        }
    }
}

/// What a guess at an account's password counts against. From an address where its person has signed in before it
/// counts by itself: strangers who guess elsewhere shall not keep the person out.
pub(crate) fn account_keys(ctx: &Ctx, username: &str, is_known_address: bool) -> Vec<String> {
    if let (Some(ip), true) = (&ctx.ip, is_known_address) {
        return vec![format!("known {} {username} {ip}", ctx.tenant)];
    }
    let mut keys = address_keys(ctx);
    keys.push(format!("account {} {username}", ctx.tenant));
    keys
}

/// What a guess at something else counts against.
pub(crate) fn address_keys(ctx: &Ctx) -> Vec<String> {
    ctx.ip.iter().map(|ip| format!("address {ip}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_last_failure_of_the_burst_stops_its_keys_and_no_others() {
        let throttle = Throttle::per_minute(3);
        for _ in 0..2 {
            throttle.failed(&keys(&["account ada", "address a"]));
            assert_eq!(throttle.check(&keys(&["account ada", "address a"])), Ok(()));
        }
        throttle.failed(&keys(&["account ada", "address b"]));
        let refusal = throttle.check(&keys(&["account ada"])).err();
        assert_eq!(refusal.map(|refusal| refusal.params), Some(json!({"retry_after": 20})));
        assert_eq!(throttle.check(&keys(&["account eve", "address a", "address b"])), Ok(()));
    }
}
