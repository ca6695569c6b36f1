//! Runs a peer, a program of its own on a database of its own: `proof/peers`.

use anyhow::{Context as _, Result};
use reqwest::Url;
use shepherd_peers::Report;
use shepherd_tests::database;
use shepherd_tests::environment::variable;
use std::path::PathBuf;
use tokio::process::Command;
use uuid::Uuid;

use crate::work::{commits, difference, wal};

/// What one would use instead of Shepherd.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer {
    Reference,
    NaiveTemporal,
    Dbos,
    Awa,
}

impl Peer {
    pub(crate) const ALL: [Self; 4] = [Self::Reference, Self::NaiveTemporal, Self::Dbos, Self::Awa];

    fn command(self) -> Result<Command> {
        let ours = |name| anyhow::Ok(PathBuf::from(variable("SHEPHERD_TEST_BIN_DIR")?).join(name));
        Ok(match self {
            Self::Reference => Command::new(ours("shepherd-peer-reference")?),
            Self::NaiveTemporal => Command::new(ours("shepherd-peer-temporal")?),
            Self::Awa => Command::new(variable("SHEPHERD_PEER_AWA")?),
            Self::Dbos => {
                let mut python = Command::new(variable("SHEPHERD_PEER_PYTHON")?);
                python.arg("proof/peers/dbos/peer.py");
                python
            }
        })
    }
}

/// What a peer said, and what its database and the whole of PostgreSQL did meanwhile.
pub(crate) struct Ran {
    pub(crate) report: Report,
    pub(crate) commits: f64,
    pub(crate) wal_bytes: f64,
}

/// Lets a peer do so many requests with so many clients.
///
/// # Errors
/// When it fails, with its words.
pub(crate) async fn run(peer: Peer, clients: u32, tasks: u32) -> Result<Ran> {
    let admin_url = variable("SHEPHERD_TEST_ADMIN_URL")?;
    let admin = database::connect(&admin_url).await?;
    let name = format!("peer_{}", Uuid::new_v4().simple());
    admin.batch_execute(&format!("create database {name}")).await?;
    let mut url: Url = admin_url.parse()?;
    url.set_path(&name);
    let before = wal(&admin).await?;
    let mut program = peer.command()?;
    program
        .args(["--clients", &clients.to_string(), "--tasks", &tasks.to_string()])
        .env("PEER_DATABASE_URL", url.as_str())
        .kill_on_drop(true);
    let done = program.output().await.with_context(|| format!("start {peer:?}"))?;
    anyhow::ensure!(done.status.success(), "{peer:?}: {}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout)?;
    let report = said.lines().last().context("it said nothing")?;
    let report = serde_json::from_str(report).with_context(|| format!("{peer:?} said {report}"))?;
    let commits = difference(0, commits(&admin, &[&name]).await?);
    let wal_bytes = difference(before, wal(&admin).await?);
    admin.batch_execute(&format!("drop database {name} with (force)")).await?;
    Ok(Ran { report, commits, wal_bytes })
}
