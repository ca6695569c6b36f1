//! Temporal: a server of one test's own that can be stopped, and the operator's hand on runs.

use anyhow::Context as _;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::environment::variable;
use crate::until;

/// Namespace of all runs.
const NAMESPACE: &str = "shepherd";

/// A development server whose data outlives its process.
pub struct Temporal {
    address: String,
    data: PathBuf,
    child: Option<Child>,
}

impl Temporal {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start() -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let data = std::env::temp_dir().join(format!("temporal-{}.db", Uuid::new_v4().simple()));
        let mut temporal = Self { address, data, child: None };
        temporal.start_again().await?;
        Ok(temporal)
    }

    /// Starts it where it was, with what it knew.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let port = self.address.rsplit(':').next().context("port")?;
        let mut server = Command::new(variable("SHEPHERD_TEST_TEMPORAL_CLI")?);
        server
            .args(["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port])
            .args(["--namespace", NAMESPACE, "--log-level", "error", "--db-filename"])
            .arg(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        self.child = Some(server.spawn().context("start Temporal")?);
        until("Temporal", async || {
            let describe = ["operator", "namespace", "describe", "--namespace", NAMESPACE];
            Ok(command(&self.address, &describe).await.is_ok().then_some(()))
        })
        .await
    }

    /// Kills it with SIGKILL.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        Ok(self.child.take().context("not running")?.kill().await?)
    }

    /// Throws away what it knows. It must not be running.
    ///
    /// # Errors
    /// When there is nothing to throw away.
    pub fn forget(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.child.is_none(), "running");
        std::fs::remove_file(&self.data)?;
        for file in self.files() {
            let _ = std::fs::remove_file(file);
        }
        Ok(())
    }

    /// The database and what SQLite keeps beside it.
    fn files(&self) -> [String; 3] {
        ["", "-wal", "-shm"].map(|end| format!("{}{end}", self.data.display()))
    }

    /// All its runs, as the command prints them in JSON.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn runs(&self) -> anyhow::Result<String> {
        let list = ["workflow", "list", "--namespace", NAMESPACE, "-o", "json"];
        command(&self.address, &list).await
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Temporal {
    fn drop(&mut self) {
        for file in self.files() {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// What an operator does by command on the run's Temporal.
///
/// # Errors
/// When the command fails, with its words.
pub async fn operate(arguments: &[&str]) -> anyhow::Result<()> {
    operate_at(&variable("TEMPORAL_ADDRESS")?, arguments).await
}

/// The same on the Temporal at `address`.
///
/// # Errors
/// When the command fails, with its words.
pub async fn operate_at(address: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let arguments: Vec<_> = arguments.iter().copied().chain(["--namespace", NAMESPACE]).collect();
    command(address, &arguments).await.map(drop)
}

async fn command(address: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut cli = Command::new(variable("SHEPHERD_TEST_TEMPORAL_CLI")?);
    let done = cli.args(arguments).args(["--address", address]).kill_on_drop(true).output().await?;
    anyhow::ensure!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8(done.stdout)?)
}
