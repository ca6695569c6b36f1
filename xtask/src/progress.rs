//! What a person sees while things happen: one line a phase, with its seconds.
//!
//! Everything goes to stderr, so that stdout holds only what was asked for.

use std::io::{self, IsTerminal, Write};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Without a terminal a long phase says every so often that it still runs.
const HEARTBEAT: Duration = Duration::from_secs(30);
const FRAMES: [char; 8] = ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷'];
const WIDTH: usize = 110;

static BOARD: LazyLock<Mutex<Board>> = LazyLock::new(|| {
    thread::spawn(tick);
    Mutex::new(Board { running: Vec::new(), n_begun: 0, frame: 0, terminal: io::stderr().is_terminal() })
});

struct Board {
    running: Vec<Running>,
    n_begun: usize,
    frame: usize,
    terminal: bool,
}

struct Running {
    id: usize,
    name: String,
    since: Instant,
    said: Instant,
    doing: String,
}

/// A phase that runs; its line is printed when it ends.
pub struct Phase {
    id: usize,
    detail: Mutex<String>,
}

impl Phase {
    /// What stands behind the name when the phase has ended.
    pub fn detail(&self, text: impl Into<String>) {
        *lock(&self.detail) = text.into();
    }

    /// What the phase does at this moment.
    pub fn doing(&self, text: &str) {
        if let Some(running) = board().running.iter_mut().find(|r| r.id == self.id) {
            text.trim().clone_into(&mut running.doing);
        }
    }
}

/// Runs `work` as a phase of this name.
pub fn phase<T>(name: &str, work: impl FnOnce(&Phase) -> Result<T>) -> Result<T> {
    let phase = begin(name);
    let outcome = work(&phase);
    end(&phase, outcome.is_ok());
    outcome
}

/// Prints a line of its own, above the spinner.
pub fn say(line: &str) {
    let board = board();
    board.clear();
    eprintln!("{line}");
}

fn begin(name: &str) -> Phase {
    let mut board = board();
    let id = board.n_begun;
    board.n_begun += 1;
    let now = Instant::now();
    board.running.push(Running { id, name: name.to_owned(), since: now, said: now, doing: String::new() });
    Phase { id, detail: Mutex::default() }
}

fn end(phase: &Phase, good: bool) {
    let mut board = board();
    board.clear();
    let Some(at) = board.running.iter().position(|r| r.id == phase.id) else {
        return;
    };
    let running = board.running.remove(at);
    let mark = if good { '✓' } else { '✗' };
    let seconds = running.since.elapsed().as_secs_f64();
    let detail = lock(&phase.detail);
    eprintln!("  {mark} {:<22} {seconds:>6.1} s  {detail}", running.name);
}

impl Board {
    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
    }

    fn draw(&mut self) {
        if self.running.is_empty() {
            return;
        }
        self.frame = (self.frame + 1) % FRAMES.len();
        let phases: Vec<String> = self.running.iter().map(Running::describe).collect();
        let line: String = phases.join(" · ").chars().take(WIDTH).collect();
        eprint!("\r\x1b[2K  {} {line}", FRAMES[self.frame]);
        // A terminal that went away is no reason to stop.
        let _ = io::stderr().flush();
    }

    fn heartbeat(&mut self) {
        for running in &mut self.running {
            if running.said.elapsed() >= HEARTBEAT {
                running.said = Instant::now();
                eprintln!("  … {}", running.describe());
            }
        }
    }
}

impl Running {
    fn describe(&self) -> String {
        let seconds = self.since.elapsed().as_secs();
        match self.doing.as_str() {
            "" => format!("{} {seconds} s", self.name),
            doing => format!("{} {seconds} s: {doing}", self.name),
        }
    }
}

fn tick() {
    loop {
        thread::sleep(Duration::from_millis(120));
        let mut board = board();
        if board.terminal {
            board.draw();
        } else {
            board.heartbeat();
        }
    }
}

fn board() -> MutexGuard<'static, Board> {
    lock(&BOARD)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
