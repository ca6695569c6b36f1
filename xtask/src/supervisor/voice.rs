//! What a service says: JSON lines on stdout, by which it tells that it is ready.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ChildStdout;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow};
use serde_json::Value;

use super::{POLL, exit_status, tail, take};

/// What a started service says on stdout, one JSON document a line.
pub struct Voice {
    name: String,
    log: PathBuf,
    lines: Receiver<Value>,
}

impl Voice {
    pub(super) fn new(name: String, stdout: Option<ChildStdout>, log: PathBuf, rest: File) -> Self {
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = stdout {
            thread::spawn(move || listen(stdout, rest, &sender));
        }
        Self { name, log, lines }
    }

    /// The line whose `event` is this one, and the lines before it. A service that does not get so far is stopped.
    pub fn event(&self, event: &str, bound: Duration) -> Result<(Value, Vec<Value>)> {
        let deadline = Instant::now() + bound;
        let mut before = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line["event"] == event => return Ok((line, before)),
                Ok(line) => before.push(line),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(self.give_up(&format!("is not {event} after {bound:?}")));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.give_up(&format!("ended before it was {event}")));
                }
            }
        }
    }

    /// Waits until `ready` holds. A service that ends meanwhile, or does not get so far, is stopped.
    pub fn until(&self, bound: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + bound;
        while !ready() {
            if let Some(status) = exit_status(&self.name) {
                return Err(self.give_up(&format!("ended: {status}")));
            }
            if Instant::now() > deadline {
                return Err(self.give_up(&format!("is not ready after {bound:?}")));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn give_up(&self, reason: &str) -> Error {
        let leaving = take(|running| running.name == self.name);
        for mut running in leaving {
            // It has ended already, or this ends it.
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
        anyhow!("{} {reason}{}", self.name, tail(&self.log))
    }
}

fn listen(stdout: ChildStdout, mut log: File, sender: &Sender<Value>) {
    for line in BufReader::new(stdout).lines().map_while(io::Result::ok) {
        match serde_json::from_str(&line) {
            // Nobody listens any more: the service has long been ready.
            Ok(value) => drop(sender.send(value)),
            Err(_) => drop(writeln!(log, "{line}")),
        }
    }
}
