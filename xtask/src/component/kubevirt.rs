//! The played KubeVirt: does what its controllers and the nodes would do.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::start_ours;
use crate::supervisor::{Tier, mortal};

pub struct Settings<'a> {
    pub program: PathBuf,
    pub kubeconfig: &'a Path,
    pub dir: PathBuf,
    pub log: PathBuf,
}

pub fn start(settings: Settings) -> Result<()> {
    let mut kubevirt = mortal(&settings.program, "KILL");
    kubevirt.arg("--kubeconfig").arg(settings.kubeconfig).arg("--dir").arg(&settings.dir);
    start_ours("kubevirt", Tier::Cluster, kubevirt, settings.log)?;
    Ok(())
}
