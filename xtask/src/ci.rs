//! `cargo xtask ci`: what is checked before the tests, fast to slow.

mod dependencies;
mod sizes;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::build::cargo;
use crate::console;
use crate::install::{Tools, Wheel, path_with};
use crate::progress::{phase, say};
use crate::supervisor::spawn;
use crate::workspace::Workspace;

type Check = fn(&Workspace) -> Result<()>;

pub fn ci(workspace: &Workspace) -> Result<ExitCode> {
    let checks: [(&str, Check); 6] = [
        ("format", format),
        ("file sizes", sizes::check),
        ("dependency rules", dependencies::check),
        ("licences and bans", deny),
        ("console", console),
        ("clippy", clippy),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        if let Err(error) = phase(name, |_| check(workspace)) {
            crate::supervisor::park_if_stopping();
            say(&format!("{error:#}"));
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

fn format(workspace: &Workspace) -> Result<()> {
    let mut fmt = cargo(workspace);
    fmt.args(["fmt", "--all", "--check"]);
    show(fmt)
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let mut clippy = cargo(workspace);
    clippy.args(["clippy", "--workspace", "--all-targets", "--locked"]).args(["--", "--deny", "warnings"]);
    show(clippy)
}

fn deny(workspace: &Workspace) -> Result<()> {
    let tools = Tools::install(workspace, &[Wheel::Deny])?;
    let mut deny = cargo(workspace);
    deny.env("PATH", path_with(Path::new(&tools.bin()))?)
        .args(["deny", "--workspace", "--locked", "check", "--hide-inclusion-graph"])
        // The Temporal crates; deny.toml names the hash of their licence file.
        .args(["--allow", "no-license-field"])
        .args(["bans", "licenses", "sources"]);
    show(deny)
}

/// Types, lints, drift from the contract, unit tests and the size of the first load.
fn console(workspace: &Workspace) -> Result<()> {
    phase("console packages", |phase| {
        for name in ["check", "test", "build", "size"] {
            show(console::script(workspace, phase, name)?)?;
        }
        Ok(())
    })
}

/// Runs a check whose output is for the reader.
fn show(command: Command) -> Result<()> {
    let status = spawn(command)?.wait().context("waiting for a check")?;
    if !status.success() {
        bail!("the check ended with {status}");
    }
    Ok(())
}
