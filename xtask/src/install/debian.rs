//! Debian packages, when we are root.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result};
use rustix::process::geteuid;

use crate::command::{command, run_logged};
use crate::progress::Phase;
use crate::workspace::Workspace;

/// Debian's postgresql starts a cluster of its own on port 5432 unless this file says otherwise.
const CREATECLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// dpkg allows one at a time.
static ONE: Mutex<()> = Mutex::new(());

pub fn can_install() -> bool {
    geteuid().is_root() && Path::new("/etc/debian_version").exists()
}

pub fn install(workspace: &Workspace, packages: &[&str], phase: &Phase) -> Result<()> {
    let _one = ONE.lock();
    leave_no_default_cluster()?;
    if apt(workspace, "install", packages, phase).is_ok() {
        return Ok(());
    }
    apt(workspace, "update", &[], phase)?;
    apt(workspace, "install", packages, phase)
}

fn apt(workspace: &Workspace, verb: &str, packages: &[&str], phase: &Phase) -> Result<()> {
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .args(["--yes", "--quiet", "--no-install-recommends"])
        .args(["-o", "Dpkg::Options::=--force-confold"])
        .arg(verb)
        .args(packages);
    run_logged(apt, &workspace.log.join(format!("apt-{verb}.log")), phase)
}

fn leave_no_default_cluster() -> Result<()> {
    let file = Path::new(CREATECLUSTER);
    if file.exists() {
        return Ok(());
    }
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(file, "create_main_cluster = false\n").with_context(|| format!("writing {CREATECLUSTER}"))
}
