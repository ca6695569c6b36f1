//! Configuration from the environment, read once at start. A bad value stops the process with the variable's name.

use clap::Parser;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::time::Duration;

/// Durable execution for Shepherd.
#[derive(Parser, Clone, Debug)]
#[command(version)]
pub struct Config {
    /// Database as the role `shepherd_worker`.
    #[arg(long, env = "WORKER_DATABASE_URL", value_name = "WORKER_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Frontend of Temporal, `host:port`.
    #[arg(long, env = "TEMPORAL_ADDRESS", value_name = "TEMPORAL_ADDRESS", default_value = "127.0.0.1:7233")]
    pub temporal_address: String,
    /// Namespace in Temporal; it is created when missing.
    #[arg(long, env = "SHEPHERD_TEMPORAL_NAMESPACE", value_name = "SHEPHERD_TEMPORAL_NAMESPACE", default_value = shepherd_workflows::QUEUE)]
    pub temporal_namespace: String,
    /// Task queue in Temporal.
    #[arg(long, env = "SHEPHERD_TASK_QUEUE", value_name = "SHEPHERD_TASK_QUEUE", default_value = shepherd_workflows::QUEUE)]
    pub task_queue: String,
    /// Address for health, metrics and the codec endpoint; port 0 takes a free one.
    #[arg(
        long,
        env = "SHEPHERD_WORKER_LISTEN",
        value_name = "SHEPHERD_WORKER_LISTEN",
        default_value = "127.0.0.1:8081"
    )]
    pub listen: SocketAddr,
    /// Networks of clusters that would otherwise be refused: loopback, private, link-local.
    #[arg(long, env = "SHEPHERD_EGRESS_ALLOW", value_name = "SHEPHERD_EGRESS_ALLOW", value_delimiter = ',')]
    pub egress_allow: Vec<IpNet>,
    /// Key for secrets at rest and for Temporal's payloads, 32 bytes in base64. Absent: the one that the server
    /// keeps in the database.
    #[arg(long, env = "SHEPHERD_ENCRYPTION_KEY", value_name = "SHEPHERD_ENCRYPTION_KEY", hide_env_values = true)]
    pub encryption_key: Option<String>,
    /// Secret part of the codec endpoint's path. Absent: there is no codec endpoint.
    #[arg(long, env = "SHEPHERD_CODEC_CAPABILITY", value_name = "SHEPHERD_CODEC_CAPABILITY", hide_env_values = true)]
    pub codec_capability: Option<String>,
    /// Origin of Temporal UI, the only one that may call the codec endpoint from a browser.
    #[arg(long, env = "SHEPHERD_UI_ORIGIN", value_name = "SHEPHERD_UI_ORIGIN")]
    pub ui_origin: Option<String>,
    /// How long a VM may take to become ready, in seconds.
    #[arg(long, env = "SHEPHERD_READY_TIMEOUT_SECONDS", value_name = "SHEPHERD_READY_TIMEOUT_SECONDS", default_value_t = 1800, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub ready_timeout_seconds: u64,
    /// Form of log lines.
    #[arg(long, env = "SHEPHERD_LOG_FORMAT", value_name = "SHEPHERD_LOG_FORMAT", default_value = "json", value_parser = ["json", "text"])]
    pub log_format: String,
}

impl Config {
    /// How long a VM may take to become ready.
    pub fn ready_timeout(&self) -> Duration {
        Duration::from_secs(self.ready_timeout_seconds)
    }
}
