//! Places at which a process may be told to die, to freeze or to panic.

use std::fmt::Arguments;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// What this process was started with.
struct Plan {
    crash: Option<Ambush>,
    freeze: Option<Ambush>,
    panic: Option<Ambush>,
    log: Option<File>,
}

/// A place, and how often it must be reached first.
struct Ambush {
    place: String,
    nth: u32,
    n_hits: AtomicU32,
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

/// The process is at this place. Panics if it is told to, as a bug would. Called by [`crash_point!`](crate::crash_point) only.
pub fn reached(place: Arguments<'_>) {
    let Some(plan) = PLAN.get_or_init(Plan::of_environment) else { return };
    let place = place.to_string();
    if let Some(mut log) = plan.log.as_ref() {
        // One write: lines of several threads do not mix.
        let _ = log.write_all(format!("{place}\n").as_bytes());
    }
    if plan.crash.as_ref().is_some_and(|crash| crash.springs(&place)) {
        // No destructor runs, no buffer is flushed: as when the machine fails.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    if plan.freeze.as_ref().is_some_and(|freeze| freeze.springs(&place)) {
        // All threads stand still until somebody sends SIGCONT: as when the machine pauses.
        let _ = kill_process(getpid(), Signal::STOP);
    }
    if plan.panic.as_ref().is_some_and(|panic| panic.springs(&place)) {
        std::panic::panic_any("told to panic");
    }
}

impl Ambush {
    fn of(variable: &str) -> Option<Self> {
        let (place, nth) = parse(&std::env::var(variable).ok()?);
        Some(Self { place, nth, n_hits: AtomicU32::new(0) })
    }

    fn springs(&self, place: &str) -> bool {
        self.place == place && self.n_hits.fetch_add(1, Ordering::AcqRel) + 1 == self.nth
    }
}

impl Plan {
    fn of_environment() -> Option<Self> {
        let [crash, freeze, panic] = ["SHEPHERD_CRASH_AT", "SHEPHERD_FREEZE_AT", "SHEPHERD_PANIC_AT"].map(Ambush::of);
        let told = crash.is_some() || freeze.is_some() || panic.is_some();
        let log = std::env::var_os("SHEPHERD_CRASH_LOG");
        let log = log.and_then(|path| OpenOptions::new().append(true).create(true).open(path).ok());
        (told || log.is_some()).then_some(Self { crash, freeze, panic, log })
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
