//! The local cluster's control plane: real etcd, kube-apiserver and controllers in one process.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{start_ours, text};
use crate::command::{command, read};
use crate::supervisor::{Tier, mortal};
use crate::workspace::write_private;

/// The account our worker gets on the local cluster; the file makes it and its rights.
const WORKER: &str = "shepherd-system/shepherd-worker";
const WORKER_RBAC: &str = "deploy/cluster/worker-rbac.yaml";

pub struct Settings<'a> {
    pub program: PathBuf,
    pub dir: PathBuf,
    pub port: u16,
    pub root: &'a Path,
    pub log: PathBuf,
}

pub struct ControlPlane {
    pub url: String,
    pub kubeconfig: PathBuf,
    pub ca: PathBuf,
    program: PathBuf,
    dir: PathBuf,
}

pub fn start(settings: Settings) -> Result<ControlPlane> {
    let mut serve = mortal(&settings.program, "KILL");
    serve
        .args(["serve", "--dir"])
        .arg(&settings.dir)
        .args(["--listen", &format!("127.0.0.1:{}", settings.port)])
        .arg("--apply")
        .arg(settings.root.join(WORKER_RBAC));
    let (ready, _) = start_ours("controlplane", Tier::Store, serve, settings.log)?;
    Ok(ControlPlane {
        url: text(&ready, "url")?,
        kubeconfig: text(&ready, "kubeconfig")?.into(),
        ca: text(&ready, "ca")?.into(),
        program: settings.program,
        dir: settings.dir,
    })
}

impl ControlPlane {
    /// Writes a kubeconfig of the worker's account for this server, which may stand in front of the real one.
    pub fn worker_kubeconfig(&self, server: &str, ca: &Path, file: &Path) -> Result<()> {
        let mut credential = command(&self.program);
        credential
            .args(["credential", "--service-account", WORKER, "--dir"])
            .arg(&self.dir)
            .args(["--server", server, "--ca-file"])
            .arg(ca);
        let kubeconfig = read(credential).context("making the worker's kubeconfig")?;
        write_private(file, &kubeconfig)
    }
}
