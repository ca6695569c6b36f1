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
        let done = pgbench.output().await.with_context(|| format!("start {}", program.display()))?;
        let (said, complaint) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        anyhow::ensure!(done.status.success(), "pgbench: {complaint}");
        rate(&said).with_context(|| format!("pgbench said: {said} {complaint}"))
    }
}

impl Drop for Pgbench {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.script);
    }
}

/// The rate in what pgbench prints; nothing when a transaction failed.
fn rate(said: &str) -> Option<f64> {
    let failed = said.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    if failed.is_some_and(|failed| !failed.starts_with("0 ")) {
        return None;
    }
    rate.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_rate_counts_only_when_nothing_failed() {
        let said = |failed| {
            format!("number of failed transactions: {failed}\ntps = 1234.5 (without initial connection time)\n")
        };
        assert_eq!(rate(&said("0 (0.000%)")), Some(1234.5));
        assert_eq!(rate(&said("7 (0.010%)")), None);
        assert_eq!(rate("pgbench: error"), None);
    }
}
