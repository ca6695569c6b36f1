//! `pgbench` of the PostgreSQL that is measured.

use anyhow::{Context as _, Result};
use reqwest::Url;
use shepherd_domain::ids::DEFAULT_TENANT;
use shepherd_tests::environment::variable;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use uuid::Uuid;

/// A script that is run again and again by the server's role, under the row-level security of the default tenant.
pub(crate) struct Pgbench {
    url: Url,
    script: PathBuf,
}

impl Pgbench {
    /// # Errors
    /// When the script cannot be written.
    pub(crate) fn new(url: &str, script: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("bench-{}.sql", Uuid::new_v4().simple()));
        std::fs::write(&path, script).context("write a script of pgbench")?;
        Ok(Self { url: url.parse()?, script: path })
    }

    /// Transactions in a second with so many connections.
    ///
    /// # Errors
    /// When one of them fails.
    pub(crate) async fn rate(&self, clients: usize, length: Duration) -> Result<f64> {
        self.run(clients, length, None).await?.rate()
    }

    /// Average latency in milliseconds at so many transactions a second, counted from when each was due.
    ///
    /// # Errors
    /// When one of them fails.
    pub(crate) async fn latency(&self, clients: usize, rate: u32, length: Duration) -> Result<f64> {
        self.run(clients, length, Some(rate)).await?.latency()
    }

    async fn run(&self, clients: usize, length: Duration, rate: Option<u32>) -> Result<Said> {
        let url = &self.url;
        let program = PathBuf::from(variable("SHEPHERD_TEST_PG_BIN")?).join("pgbench");
        let mut pgbench = Command::new(&program);
        pgbench
            .env("PGPASSWORD", url.password().unwrap_or_default())
            .env("PGOPTIONS", format!("-c app.tenant_id={}", DEFAULT_TENANT.0))
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--host", url.host_str().context("host")?])
            .args(["--port", &url.port().unwrap_or(5432).to_string(), "--username", url.username()])
            .args(["--client", &clients.to_string(), "--time", &length.as_secs().max(1).to_string()])
            .arg("--file")
            .arg(&self.script)
            .arg(url.path().trim_start_matches('/'))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(rate) = rate {
            pgbench.args(["--rate", &rate.to_string()]);
        }
        let done = pgbench.output().await.with_context(|| format!("start {}", program.display()))?;
        let complaint = String::from_utf8_lossy(&done.stderr);
        anyhow::ensure!(done.status.success(), "pgbench: {complaint}");
        Ok(Said(String::from_utf8(done.stdout)?))
    }
}

impl Drop for Pgbench {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.script);
    }
}

/// What pgbench printed.
struct Said(String);

impl Said {
    fn rate(&self) -> Result<f64> {
        self.number("tps = ")
    }

    fn latency(&self) -> Result<f64> {
        self.number("latency average = ")
    }

    /// The number behind some words; nothing when a transaction failed.
    fn number(&self, words: &str) -> Result<f64> {
        let after = |words: &str| self.0.lines().find_map(|line| line.strip_prefix(words));
        let failed = after("number of failed transactions: ").is_some_and(|failed| !failed.starts_with("0 "));
        anyhow::ensure!(!failed, "transactions failed: {}", self.0);
        let number = after(words).and_then(|text| text.split(' ').next()?.parse().ok());
        number.with_context(|| format!("pgbench said: {}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn numbers_count_only_when_nothing_failed() {
        let said = |failed| {
            Said(format!(
                "number of failed transactions: {failed}\nlatency average = 1.755 ms (including)\n\
                 tps = 1234.5 (without initial connection time)\n"
            ))
        };
        let good = said("0 (0.000%)");
        assert_eq!((good.rate().ok(), good.latency().ok()), (Some(1234.5), Some(1.755)));
        assert!(said("7 (0.010%)").rate().is_err());
        assert!(Said("pgbench: error".to_owned()).rate().is_err());
    }
}
