//! The local cluster: its gateway's journal, and objects as `kubectl` would see them.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::client::send;
use crate::environment::variable;

/// Gateway in front of the cluster, by its control address.
#[derive(Clone)]
pub struct Gateway {
    http: reqwest::Client,
    control: String,
}

impl Gateway {
    /// The run's gateway.
    ///
    /// # Errors
    /// When the run has none.
    pub fn of_run() -> anyhow::Result<Self> {
        Ok(Self { http: reqwest::Client::new(), control: variable("SHEPHERD_TEST_GATEWAY_CONTROL")? })
    }

    /// Counts of calls that match `query`, such as `ticket=<id>`.
    ///
    /// # Errors
    /// When the gateway does not answer.
    pub async fn counts(&self, query: &str) -> anyhow::Result<Value> {
        send(self.http.get(format!("{}/journal/counts?{query}", self.control))).await?.expect(200)
    }

    /// Calls that match `query`, oldest first.
    ///
    /// # Errors
    /// When the gateway does not answer.
    pub async fn journal(&self, query: &str) -> anyhow::Result<Vec<Value>> {
        let answer = send(self.http.get(format!("{}/journal?{query}", self.control))).await?.expect(200)?;
        Ok(answer["entries"].as_array().cloned().unwrap_or_default())
    }

    /// Number of the newest line of the journal.
    ///
    /// # Errors
    /// When the gateway does not answer.
    pub async fn last(&self) -> anyhow::Result<u64> {
        let health = send(self.http.get(format!("{}/health", self.control))).await?.expect(200)?;
        health["seq"].as_u64().context("seq")
    }

    /// Injects a fault; the answer ends it when it is dropped with [`heal`](Self::heal).
    ///
    /// # Errors
    /// When the gateway refuses it.
    pub async fn fault(&self, matching: Value, fault: Value, times: Option<u32>) -> anyhow::Result<String> {
        let mut body = json!({"match": matching, "fault": fault});
        if let Some(times) = times {
            body["times"] = json!(times);
        }
        let answer = send(self.http.post(format!("{}/faults", self.control)).json(&body)).await?.expect(201)?;
        Ok(answer["id"].to_string().trim_matches('"').to_owned())
    }

    /// Ends a fault.
    ///
    /// # Errors
    /// When the gateway does not know it.
    pub async fn heal(&self, fault: &str) -> anyhow::Result<()> {
        let answer = send(self.http.delete(format!("{}/faults/{fault}", self.control))).await?;
        anyhow::ensure!(answer.status.is_success(), "heal: {}", answer.status);
        Ok(())
    }
}
