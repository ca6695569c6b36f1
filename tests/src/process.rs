//! The product's own processes.

use anyhow::Context as _;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::environment::variable;
use crate::patience;

/// A running program of ours. It is killed when it is dropped.
pub struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where its log goes.
    pub log: PathBuf,
}

impl Process {
    /// Starts a program of the workspace.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn start(program: &str, arguments: &[&str], environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let path = PathBuf::from(variable("SHEPHERD_TEST_BIN_DIR")?).join(program);
        let log = std::env::temp_dir().join(format!("{program}-{}.log", uuid::Uuid::new_v4().simple()));
        let mut child = Command::new(&path)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start {}", path.display()))?;
        let stdout = child.stdout.take().context("standard output")?;
        Ok(Self { child, lines: BufReader::new(stdout).lines(), log })
    }

    /// The next line of JSON that it says about itself with that event.
    ///
    /// # Errors
    /// When it ends or is silent; with the end of its log.
    pub async fn event(&mut self, name: &str) -> anyhow::Result<Value> {
        let read = async {
            while let Some(line) = self.lines.next_line().await? {
                let value: Value = serde_json::from_str(&line).unwrap_or_default();
                if value["event"] == name {
                    return Ok(value);
                }
            }
            anyhow::bail!("ended before it was {name}")
        };
        let read = tokio::time::timeout(patience(), read).await.unwrap_or_else(|_| Err(anyhow::anyhow!("silent")));
        read.with_context(|| self.end_of_log())
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it has ended, by itself or by a kill.
    ///
    /// # Errors
    /// When it is no child of ours any more.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Kills it with SIGKILL and waits for its end.
    ///
    /// # Errors
    /// When it is no child of ours any more.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Kills it with SIGKILL unless it has ended, and waits for its end.
    ///
    /// # Errors
    /// When it is no child of ours any more.
    pub async fn end(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end, as an operator does (SIGTERM).
    ///
    /// # Errors
    /// When it has ended already.
    pub async fn terminate(&self) -> anyhow::Result<()> {
        let id = self.child.id().context("it has ended")?.to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await?;
        anyhow::ensure!(status.success(), "kill: {status}");
        Ok(())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it goes on.
    pub async fn ended(&mut self) -> anyhow::Result<std::process::ExitStatus> {
        Ok(tokio::time::timeout(patience(), self.child.wait()).await??)
    }

    /// Its whole log.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The last lines of its log.
    pub fn end_of_log(&self) -> String {
        let text = self.log_text();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}
