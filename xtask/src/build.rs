//! Builds the programs: the workspace with cargo, the control plane with Go.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command::{command, run_logged};
use crate::install;
use crate::progress::phase;
use crate::workspace::{Workspace, hex};

/// Variables that describe the package which is run.
const OF_A_PACKAGE: [&str; 6] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];

/// What of the workspace is built.
#[derive(Clone, Copy)]
pub enum Targets {
    Programs,
    /// Tests, too.
    All,
    /// The programs as they are released.
    Release,
}

/// Builds the whole workspace, never a part of it: another set of features would compile everything twice.
pub fn workspace(workspace: &Workspace, targets: Targets) -> Result<()> {
    phase("build", |phase| {
        let mut build = cargo(workspace);
        build.args(["build", "--workspace"]);
        phase.detail("cargo build --workspace");
        match targets {
            Targets::Programs => {}
            Targets::All => drop(build.arg("--all-targets")),
            Targets::Release => drop(build.arg("--release")),
        }
        run_logged(build, &workspace.log.join("build.log"), phase)
    })
}

/// A cargo command in this workspace, as a person would call it.
///
/// We run under `cargo run`, which describes this package in the environment. Build scripts (that of `ring`)
/// ask to be run again when such a variable changes: left in, half the tree would be compiled again whenever
/// somebody calls cargo by hand in between.
pub fn cargo(workspace: &Workspace) -> std::process::Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = command(PathBuf::from(program));
    cargo.current_dir(&workspace.root);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OF_A_PACKAGE.iter().any(|beginning| text.starts_with(beginning)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// A program out of Go modules, built by the `build.sh` of its folder.
pub struct GoProgram {
    pub name: &'static str,
    /// Its folder in the cache.
    pub cached: &'static str,
    pub sources: &'static str,
    /// Variable that points to a finished build.
    pub given: &'static str,
    pub detail: &'static str,
}

/// The local cluster's control plane.
pub const CONTROLPLANE: GoProgram = GoProgram {
    name: "shepherd-controlplane",
    cached: "controlplane",
    sources: "devcluster/controlplane",
    given: "SHEPHERD_CONTROLPLANE",
    detail: "etcd and kube-apiserver out of Go modules; kept for later runs",
};

/// The Temporal server that measurements run on.
pub const TEMPORAL: GoProgram = GoProgram {
    name: "shepherd-temporal",
    cached: "temporal",
    sources: "proof/temporal",
    given: "SHEPHERD_TEMPORAL_SERVER",
    detail: "Temporal server out of Go modules, minutes of compiling; kept for later runs",
};

/// What checks histories of clients.
pub const LINEARIZABILITY: GoProgram = GoProgram {
    name: "shepherd-linearizability",
    cached: "linearizability",
    sources: "proof/linearizability",
    given: "SHEPHERD_LINEARIZABILITY",
    detail: "Porcupine out of a Go module; kept for later runs",
};

/// A Go program: from its variable, from the cache, or built into it.
///
/// Its sources change rarely and take minutes to compile, so the cache is the user's, not the checkout's.
pub fn go(workspace: &Workspace, wanted: &GoProgram) -> Result<PathBuf> {
    if let Some(given) = env::var_os(wanted.given) {
        return Ok(given.into());
    }
    let sources = workspace.root.join(wanted.sources);
    let folder = workspace.cache.join(wanted.cached).join(fingerprint(&sources, &[])?);
    let program = folder.join(wanted.name);
    if program.exists() {
        return Ok(program);
    }
    phase(wanted.name, |phase| {
        phase.detail(wanted.detail);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let go = install::go_path(workspace).with_context(|| format!("{} is built with Go", wanted.name))?;
        let unfinished = folder.join(format!("unfinished-{}", std::process::id()));
        let mut build = command(sources.join("build.sh"));
        build.arg(&unfinished);
        if let Some(go) = go.as_deref().and_then(Path::parent) {
            build.env("PATH", install::path_with(go)?);
        }
        run_logged(build, &workspace.log.join(format!("{}-build.log", wanted.cached)), phase)?;
        // Only a finished program ever has the name that is looked for.
        fs::rename(&unfinished, &program).with_context(|| format!("keeping {}", wanted.name))
    })?;
    Ok(program)
}

/// SHA-256 over names and contents of all files, in the order of their names, without the folders to skip.
pub fn fingerprint(folder: &Path, skipped: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    collect(folder, skipped, &mut files)?;
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let name = file.strip_prefix(folder)?;
        digest.update(name.as_os_str().as_encoded_bytes());
        digest.update([0]);
        let content = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        digest.update(Sha256::digest(content));
    }
    Ok(hex(&digest.finalize()))
}

fn collect(folder: &Path, skipped: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("reading {}", folder.display()))?.path();
        if path.file_name().is_some_and(|name| skipped.iter().any(|skipped| name == *skipped)) {
            continue;
        }
        if path.is_dir() {
            collect(&path, skipped, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
