//! The gateway in front of the local cluster: journals every call, injects faults on demand.

use std::path::PathBuf;

use anyhow::Result;

use super::controlplane::ControlPlane;
use super::{start_ours, text};
use crate::supervisor::{Tier, mortal};

pub struct Settings<'a> {
    pub program: PathBuf,
    pub upstream: &'a ControlPlane,
    pub dir: PathBuf,
    pub port: u16,
    pub control_port: u16,
    pub log: PathBuf,
}

pub struct Gateway {
    pub url: String,
    pub control: String,
    pub ca: PathBuf,
    pub journal: PathBuf,
}

pub fn start(settings: Settings) -> Result<Gateway> {
    let mut gateway = mortal(&settings.program, "KILL");
    gateway
        .args(["--upstream", &settings.upstream.url, "--upstream-ca"])
        .arg(&settings.upstream.ca)
        .arg("--dir")
        .arg(&settings.dir)
        .args(["--listen", &format!("127.0.0.1:{}", settings.port)])
        .args(["--control", &format!("127.0.0.1:{}", settings.control_port)]);
    let (ready, _) = start_ours("gateway", Tier::Cluster, gateway, settings.log)?;
    Ok(Gateway {
        url: text(&ready, "url")?,
        control: text(&ready, "control")?,
        ca: text(&ready, "ca")?.into(),
        journal: text(&ready, "journal")?.into(),
    })
}
