//! The processes this program runs: started from one place, watched, stopped in order.
//!
//! Nothing may outlive this program. A clean end stops every service; for the others (kill -9) each child
//! asks the kernel, through `setpriv --pdeathsig`, for a signal when its parent dies. The kernel means the
//! parent *thread*, so every child is born in one thread that lives as long as the program.

mod voice;

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::progress;
use crate::scratch;

pub use self::voice::Voice;

/// A service that has not ended this long after its signal is killed.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(25);

/// Services stop tier by tier, first to last; those of one tier together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Product,
    Cluster,
    Store,
}

/// How a service is asked to end.
#[derive(Clone, Copy)]
pub enum Farewell {
    Terminate,
    /// `postgres` waits for its clients on SIGTERM and disconnects them on SIGINT.
    Interrupt,
}

pub struct Service {
    pub name: String,
    pub tier: Tier,
    pub farewell: Farewell,
    pub command: Command,
    pub log: PathBuf,
}

struct Running {
    name: String,
    tier: Tier,
    farewell: Farewell,
    child: Child,
    log: PathBuf,
}

type Birth = (Command, Sender<io::Result<Child>>);

static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);
static NURSERY: LazyLock<Mutex<Sender<Birth>>> = LazyLock::new(|| {
    let (sender, births) = mpsc::channel::<Birth>();
    thread::spawn(move || {
        for (mut command, reply) in births {
            // Who asked may have given up; then the child dies with us.
            let _ = reply.send(command.spawn());
        }
    });
    Mutex::new(sender)
});

/// A command that receives `signal` when this program dies.
pub fn mortal(program: impl AsRef<Path>, signal: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal, "--"]).arg(program.as_ref());
    command
}

/// Starts a child that dies with this program; `command` comes from [`mortal`].
pub fn spawn(command: Command) -> Result<Child> {
    let (reply, child) = mpsc::channel();
    if STOPPING.load(Ordering::SeqCst) {
        park();
    }
    let name = format!("{command:?}");
    lock(&NURSERY).send((command, reply)).context("handing over a command")?;
    child.recv().context("waiting for a child")?.with_context(|| format!("starting {name}"))
}

/// Stops everything on Ctrl-C, SIGTERM and SIGHUP, then ends the program; a second signal does not wait.
pub fn stop_on_signals() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("listening for signals")?;
    thread::spawn(move || {
        for (n_before, number) in signals.forever().enumerate() {
            if n_before > 0 {
                std::process::exit(128 + number);
            }
            thread::spawn(move || {
                progress::say("  stopping");
                stop_all();
                scratch::remove_all();
                std::process::exit(128 + number);
            });
        }
    });
    Ok(())
}

/// Starts a service and remembers it. It gets a process group of its own, so that a terminal's Ctrl-C
/// reaches this program alone, which then stops the services in order.
pub fn start(service: Service) -> Result<Voice> {
    let Service { name, tier, farewell, mut command, log } = service;
    let stderr = fresh_log(&log)?;
    let stdout_log = stderr.try_clone().context("opening a log twice")?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).process_group(0);
    let mut child = spawn(command)?;
    let voice = Voice::new(name.clone(), child.stdout.take(), log.clone(), stdout_log);
    lock(&RUNNING).push(Running { name: name.clone(), tier, farewell, child, log: log.clone() });
    if STOPPING.load(Ordering::SeqCst) {
        park();
    }
    Ok(voice)
}

/// Waits as long as all services run; the error names the one that ended.
pub fn watch() -> Result<()> {
    loop {
        let ended = lock(&RUNNING).iter_mut().find_map(|running| {
            let status = running.child.try_wait().ok().flatten()?;
            Some((running.name.clone(), status, running.log.clone()))
        });
        if STOPPING.load(Ordering::SeqCst) {
            park();
        }
        if let Some((name, status, log)) = ended {
            bail!("{name} ended: {status}{}", tail(&log));
        }
        thread::sleep(Duration::from_millis(250));
    }
}

/// Ends all services and waits for them.
pub fn stop_all() {
    STOPPING.store(true, Ordering::SeqCst);
    for tier in [Tier::Product, Tier::Cluster, Tier::Store] {
        let mut leaving = take(|running| running.tier == tier);
        for running in &leaving {
            running.ask_to_end();
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && leaving.iter_mut().any(Running::is_alive) {
            thread::sleep(POLL);
        }
        for running in &mut leaving {
            // It has ended already, or this ends it.
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

/// Stops everything and ends the program with this error.
pub fn fail(error: &Error) -> ! {
    park_if_stopping();
    stop_all();
    scratch::remove_all();
    progress::say(&format!("error: {error:#}"));
    std::process::exit(1);
}

/// Does not return while everything is being stopped: that thread ends the program.
pub fn park_if_stopping() {
    if STOPPING.load(Ordering::SeqCst) {
        park();
    }
}

/// The last lines of a log, to stand behind an error.
pub fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(15).collect();
    let lines: Vec<String> = lines.iter().rev().map(|l| format!("\n    {l}")).collect();
    format!("; the end of {}:{}", log.display(), lines.concat())
}

impl Running {
    fn ask_to_end(&self) {
        let signal = match self.farewell {
            Farewell::Terminate => Signal::TERM,
            Farewell::Interrupt => Signal::INT,
        };
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // An error means that it has ended by itself.
            let _ = kill_process(pid, signal);
        }
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

fn take(which: impl Fn(&Running) -> bool) -> Vec<Running> {
    let mut running = lock(&RUNNING);
    let (leaving, staying) = running.drain(..).partition(which);
    *running = staying;
    leaving
}

fn exit_status(name: &str) -> Option<ExitStatus> {
    let mut running = lock(&RUNNING);
    let running = running.iter_mut().find(|r| r.name == name)?;
    running.child.try_wait().ok().flatten()
}

/// Keeps one log before this one.
fn fresh_log(log: &Path) -> Result<fs::File> {
    let before = log.with_extension("log.1");
    if log.exists() {
        fs::rename(log, before).with_context(|| format!("keeping {}", log.display()))?;
    }
    fs::File::options().create(true).append(true).open(log).with_context(|| format!("opening {}", log.display()))
}

fn park() -> ! {
    loop {
        thread::park();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
