//! Builds the console: `web/dist`, which the server carries.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::build::fingerprint;
use crate::command::{command, read, run_logged};
use crate::install::{self, path_with};
use crate::progress::{Phase, phase};
use crate::workspace::Workspace;

/// What is made, not written.
const MADE: [&str; 2] = ["node_modules", "dist"];

/// Builds the console unless its sources are as they were.
pub fn build(workspace: &Workspace) -> Result<()> {
    let web = workspace.root.join("web");
    let sources = fingerprint(&web, &MADE)?;
    let stamp = workspace.dev.join("console.built");
    if web.join("dist/index.html").exists() && fs::read_to_string(&stamp).is_ok_and(|built| built == sources) {
        return Ok(());
    }
    phase("console", |phase| {
        let npm = Npm::find(workspace, phase)?;
        phase.detail("npm run build");
        run_logged(npm.command(&["run", "build"]), &workspace.log.join("console.log"), phase)?;
        fs::write(&stamp, &sources).context("noting what was built")
    })
}

/// A script of `web/package.json`, for the reader.
pub fn script(workspace: &Workspace, phase: &Phase, name: &str) -> Result<Command> {
    Ok(Npm::find(workspace, phase)?.command(&["run", "--silent", name]))
}

/// npm in `web/`, with everything installed that `package-lock.json` names.
struct Npm {
    web: PathBuf,
    /// Of the Node that the wheel brought; none when the machine's own is used.
    node: Option<PathBuf>,
}

impl Npm {
    fn find(workspace: &Workspace, phase: &Phase) -> Result<Self> {
        let npm = Self { web: workspace.root.join("web"), node: install::node(workspace)? };
        let lock = fs::read_to_string(npm.web.join("package-lock.json")).context("reading web/package-lock.json")?;
        let stamp = npm.web.join("node_modules/.installed");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
            return Ok(npm);
        }
        phase.detail("npm ci");
        let install = npm.command(&["ci", "--no-audit", "--no-fund"]);
        run_logged(install, &workspace.log.join("console-install.log"), phase)?;
        fs::write(&stamp, &lock).context("noting what was installed")?;
        Ok(npm)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut npm = match &self.node {
            None => command("npm"),
            Some(bin) => {
                let mut node = command(bin.join("node"));
                node.arg(bin.with_file_name("lib").join("node_modules/npm/bin/npm-cli.js"));
                if let Ok(path) = path_with(bin) {
                    node.env("PATH", path);
                }
                node
            }
        };
        npm.current_dir(&self.web).args(arguments);
        npm
    }
}

/// The version of the Node on PATH, major and minor.
pub fn node_version() -> Option<(u32, u32)> {
    env::var_os("PATH")?;
    let mut version = command(Path::new("node"));
    version.arg("--version");
    let text = read(version).ok()?;
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}
