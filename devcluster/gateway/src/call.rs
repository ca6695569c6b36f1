//! One call on its way: gathers what the journal needs and writes it exactly once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use chrono::{SecondsFormat, Utc};
use http::StatusCode;

use crate::glimpse::Glimpse;
use crate::journal::{Entry, Journal, Outcome};
use crate::request::Target;

/// The caller's connection; tells a connection that we ended from one the caller ended.
#[derive(Clone, Default)]
pub struct Link(Arc<AtomicBool>);

impl Link {
    pub fn sever(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_severed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How far a call has come, which decides the outcome when it is dropped.
#[derive(Clone, Copy)]
enum Stage {
    Received,
    Forwarded,
    Watching,
}

pub struct Call {
    journal: Arc<Journal>,
    link: Link,
    started: Instant,
    stage: Stage,
    entry: Entry,
    written: bool,
}

impl Call {
    pub fn begin(journal: Arc<Journal>, link: Link, target: Target, account: Option<String>) -> Call {
        let entry =
            Entry { at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true), target, account, ..Entry::default() };
        Call { journal, link, started: Instant::now(), stage: Stage::Received, entry, written: false }
    }

    pub fn target(&self) -> &Target {
        &self.entry.target
    }

    pub fn saw_request(&mut self, seen: Glimpse) {
        self.entry.target.dry_run |= seen.dry_run;
        self.saw(seen);
    }

    /// What the API server says of the object replaces what the caller said.
    pub fn saw_response(&mut self, seen: Glimpse) {
        self.saw(seen);
    }

    fn saw(&mut self, seen: Glimpse) {
        let entry = &mut self.entry;
        entry.target.name = entry.target.name.take().or(seen.name);
        entry.uid = seen.uid.or(entry.uid.take());
        entry.ticket = seen.ticket.or(entry.ticket.take());
    }

    pub fn hit(&mut self, fault: String) {
        self.entry.fault = Some(fault);
    }

    pub fn forwarded(&mut self) {
        self.stage = Stage::Forwarded;
    }

    pub fn answered(&mut self, status: StatusCode) {
        self.entry.status = Some(status.as_u16());
    }

    /// Writes the line that tells of a watch's beginning.
    pub fn opened(&mut self) {
        self.stage = Stage::Watching;
        let mut entry = self.entry.clone();
        entry.ms = self.ms();
        entry.outcome = Outcome::Open;
        self.entry.opened = Some(self.journal.append(entry));
    }

    pub fn end(mut self, outcome: Outcome) {
        self.write(outcome);
    }

    /// The API server went away in the middle of its answer.
    pub fn broken(mut self) {
        let outcome = match self.stage {
            Stage::Watching => Outcome::Cut,
            Stage::Received | Stage::Forwarded => Outcome::Lost,
        };
        self.write(outcome);
    }

    fn write(&mut self, outcome: Outcome) {
        self.written = true;
        let mut entry = std::mem::take(&mut self.entry);
        entry.ms = self.ms();
        entry.outcome = outcome;
        self.journal.append(entry);
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Call {
    /// The connection went away under the call.
    fn drop(&mut self) {
        if self.written {
            return;
        }
        let outcome = match self.stage {
            Stage::Received => Outcome::Cut,
            Stage::Forwarded => Outcome::Lost,
            Stage::Watching if self.link.is_severed() => Outcome::Cut,
            // A caller who has seen enough leaves a watch this way.
            Stage::Watching => Outcome::Delivered,
        };
        self.write(outcome);
    }
}
