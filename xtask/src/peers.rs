//! What the peers of the benches need that cargo does not bring with the workspace: Python packages, and a crate that
//! stays out of our lock file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build;
use crate::command::{command, read, run_logged};
use crate::progress::phase;
use crate::workspace::Workspace;

/// Installs and builds; the variables that tell the bench where they are.
pub fn prepare(workspace: &Workspace, dev_profile: bool) -> Result<Vec<(&'static str, OsString)>> {
    let python = phase("dbos", |_| install_dbos(workspace))?;
    let awa = phase("awa", |phase| {
        phase.detail("a crate with a lock file of its own");
        let mut cargo = build::cargo(workspace);
        let target = workspace.bin.with_file_name("peers");
        cargo
            .args(["build", "--locked", "--manifest-path", "proof/peers/awa/Cargo.toml", "--target-dir"])
            .arg(&target)
            .args((!dev_profile).then_some("--release"));
        run_logged(cargo, &workspace.log.join("peer-awa-build.log"), phase)?;
        Ok(target.join(if dev_profile { "debug" } else { "release" }).join("shepherd-peer-awa"))
    })?;
    Ok(vec![("SHEPHERD_PEER_PYTHON", python.into()), ("SHEPHERD_PEER_AWA", awa.into())])
}

/// A virtual environment with what the DBOS peer's list names, and nothing else; its Python.
fn install_dbos(workspace: &Workspace) -> Result<PathBuf> {
    let list = workspace.root.join("proof/peers/dbos/requirements.txt");
    let wanted = fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?;
    let venv = workspace.dev.join("peers");
    let (python, stamp) = (venv.join("bin/python"), venv.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let mut make = command("python3");
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    read(make).context("making a virtual environment (Debian: apt-get install python3-venv)")?;
    install_list(&python, &list)?;
    fs::write(&stamp, wanted).context("noting the packages")?;
    Ok(python)
}

fn install_list(python: &Path, list: &Path) -> Result<()> {
    let mut pip = command(python);
    pip.args(["-m", "pip", "install", "--no-deps", "--only-binary=:all:", "--require-hashes", "--no-input"])
        .args(["--disable-pip-version-check", "--quiet", "--requirement"])
        .arg(list);
    read(pip).context("installing the packages of the DBOS peer").map(drop)
}
