//! TLS reverse proxy in front of the local cluster's API server: the witness of our tests
//! (it journals every call) and their saboteur (it injects faults on demand).
//!
//! A call goes `front` → `proxy` → `upstream`, its answer comes back through `relay`; `call`
//! writes the line in the `journal`. Nothing here decides about access: tokens pass through.

mod account;
mod bucket;
mod call;
mod certificate;
mod control;
mod fault;
mod fault_registry;
mod front;
mod glimpse;
mod journal;
mod journal_filter;
mod matcher;
mod ports;
mod proxy;
mod refusal;
mod relay;
mod request;
mod upstream;

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use http::Uri;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::certificate::Authority;
use crate::control::Control;
use crate::fault_registry::Registry;
use crate::front::Front;
use crate::journal::Journal;
use crate::proxy::Proxy;
use crate::upstream::Upstream;

#[derive(Parser)]
#[command(about = "Journals every call to the local API server and injects faults on demand")]
struct Args {
    /// URL of the API server.
    #[arg(long)]
    upstream: Uri,
    /// Certificate authority of the API server, PEM.
    #[arg(long)]
    upstream_ca: PathBuf,
    /// Folder for authority, journal and ports.
    #[arg(long)]
    dir: PathBuf,
    /// Address for callers; port 0 is the port of last time or a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Address of the control API, on loopback.
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let args = Args::parse();
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = run(args) => ended,
        _ = terminated.recv() => Ok(()),
    }
}

async fn run(args: Args) -> Result<()> {
    ensure!(args.control.ip().is_loopback(), "the control API stays on loopback");
    let dir = &args.dir;
    fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
    let journal = Arc::new(Journal::open(&dir.join("journal.jsonl"))?);
    let faults = Arc::new(Registry::default());
    let authority = Authority::open(dir)?;
    let front = Front::new(authority.issue()?);
    let proxy = Arc::new(Proxy {
        journal: journal.clone(),
        faults: faults.clone(),
        upstream: Upstream::new(&args.upstream, &args.upstream_ca)?,
    });
    let (callers, controllers) = ports::bind(dir, args.listen, args.control).await?;
    announce(&callers, &controllers, &authority.ca_path(), journal.path())?;
    let control = Arc::new(Control { journal, faults, front: front.clone(), authority });
    tokio::spawn(control.accept(controllers));
    match front.accept(callers, proxy).await {}
}

/// The one line on standard output.
fn announce(callers: &TcpListener, control: &TcpListener, ca: &Path, journal: &Path) -> Result<()> {
    let line = json!({
        "event": "ready",
        "url": format!("https://{}", callers.local_addr()?),
        "control": format!("http://{}", control.local_addr()?),
        "ca": ca,
        "journal": journal,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
