//! The cluster's entry in Shepherd.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{Cluster, catalogue};
use crate::client::{Client, field};

const BOUND: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// Registers the cluster, or gives it the credential of today: its address may have changed with a port.
pub fn register(admin: &Client, cluster: &Cluster) -> Result<String> {
    let kubeconfig =
        fs::read_to_string(cluster.kubeconfig).with_context(|| format!("reading {}", cluster.kubeconfig.display()))?;
    if let Some(found) = catalogue::find(admin, "/clusters", cluster.name)? {
        let id = field(&found, "id")?;
        if found["api_server_url"] != *server_of(&kubeconfig)? {
            admin.post(&format!("/clusters/{id}/rotate"), &json!({"kubeconfig": kubeconfig}))?;
        }
        return Ok(id);
    }
    let body = json!({"name": cluster.name, "environment": "test", "kubeconfig": kubeconfig});
    field(&admin.post("/clusters", &body)?, "id")
}

/// The worker checks a new cluster; a request needs one that passed.
pub fn wait_until_healthy(admin: &Client, id: &str) -> Result<()> {
    let deadline = Instant::now() + BOUND;
    loop {
        let cluster = admin.get(&format!("/clusters/{id}"))?;
        if cluster["status"] == "HEALTHY" {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("the cluster is not healthy after {BOUND:?}: {cluster}");
        }
        thread::sleep(POLL);
    }
}

/// The address in a kubeconfig with one cluster.
pub fn server_of(kubeconfig: &str) -> Result<String> {
    let line = kubeconfig.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix("server:"));
    let server = line.context("the kubeconfig names no server")?;
    Ok(server.trim().trim_matches(['"', '\'']).to_owned())
}
