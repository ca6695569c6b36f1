//! Places at which a process may be told to die.

use std::fmt::Arguments;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// What this process was started with.
struct Plan {
    /// Place, and how often it must be reached first.
    crash: Option<(String, u32)>,
    n_hits: AtomicU32,
    log: Option<File>,
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

/// The process is at this place. Called by [`crash_point!`](crate::crash_point) only.
pub fn reached(place: Arguments<'_>) {
    let Some(plan) = PLAN.get_or_init(Plan::of_environment) else { return };
    let place = place.to_string();
    if let Some(mut log) = plan.log.as_ref() {
        // One write: lines of several threads do not mix.
        let _ = log.write_all(format!("{place}\n").as_bytes());
    }
    if let Some((wanted, nth)) = &plan.crash
        && *wanted == place
        && plan.n_hits.fetch_add(1, Ordering::AcqRel) + 1 == *nth
    {
        // No destructor runs, no buffer is flushed: as when the machine fails.
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

impl Plan {
    fn of_environment() -> Option<Self> {
        let crash = std::env::var("SHEPHERD_CRASH_AT").ok().map(|text| parse(&text));
        let log = std::env::var_os("SHEPHERD_CRASH_LOG");
        let log = log.and_then(|path| OpenOptions::new().append(true).create(true).open(path).ok());
        (crash.is_some() || log.is_some()).then(|| Self { crash, n_hits: AtomicU32::new(0), log })
    }
}

/// `NAME#N`; without a number it is the first time.
fn parse(text: &str) -> (String, u32) {
    let parts = text.rsplit_once('#').and_then(|(name, nth)| Some((name.to_owned(), nth.parse().ok()?)));
    parts.unwrap_or_else(|| (text.to_owned(), 1))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_place_is_named_with_how_often_it_is_passed() {
        assert_eq!(parse("commit a: before#3"), ("commit a: before".to_owned(), 3));
        assert_eq!(parse("commit a: before"), ("commit a: before".to_owned(), 1));
        assert_eq!(parse("odd#name"), ("odd#name".to_owned(), 1));
    }
}
