//! `cargo xtask up`: the whole product on this machine, a first request driven through it, then the URLs.

mod counts;
pub mod installation;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use self::installation::Installation;
use crate::demo::{self, Cluster, Driven};
use crate::progress::say;
use crate::state::Lock;
use crate::supervisor;
use crate::workspace::Workspace;

#[derive(Args)]
pub struct Options {
    /// Files one request, prints a JSON summary on the last line, stops
    #[arg(long)]
    once: bool,
    /// Makes no people, no catalogue and no request: the console leads through the set-up
    #[arg(long, conflicts_with = "once")]
    empty: bool,
    /// A cluster of your own in place of the local one
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

pub fn up(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let lock = Lock::take(workspace)?;
    let begun = Instant::now();
    let mut state = installation::recall(workspace)?;
    let own = options.kubeconfig.as_deref().map(|file| file.canonicalize().context("finding the kubeconfig"));
    let installation = installation::start(workspace, &mut state, own.transpose()?.as_deref())?;
    let offset = counts::journal_length(installation.journal.as_deref());
    let cluster = Cluster { name: installation.cluster, kubeconfig: &installation.kubeconfig };
    let driven =
        if options.empty { None } else { demo::run(&installation.server, &mut state, &cluster, options.once)? };
    let code = match &driven {
        Some(driven) if options.once => report(&installation, driven, offset),
        _ => {
            let seconds = begun.elapsed().as_secs_f64();
            summary::print(&installation, &state, driven.as_ref(), seconds);
            say("  Ctrl-C stops everything; the data stays in .dev");
            supervisor::watch()?;
            ExitCode::SUCCESS
        }
    };
    drop(lock);
    Ok(code)
}

/// Stops everything; the summary is the last line.
fn report(installation: &Installation, driven: &Driven, offset: usize) -> ExitCode {
    let summary = summary::json(installation, driven, offset);
    let complaints = summary::complaints(&summary);
    supervisor::stop_all();
    for complaint in &complaints {
        say(&format!("  ✗ {complaint}"));
    }
    println!("{summary}");
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
