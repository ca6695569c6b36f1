//! Configuration from the environment, read once at start. A bad value stops the process with the variable's name.

use clap::Args;
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// Settings of `shepherd-server serve`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Database as the role `shepherd_server`.
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "SHEPHERD_LISTEN", value_name = "SHEPHERD_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// URL that people use; decides cookie flags and the origin that mutations must come from. Absent: the
    /// address listened on.
    #[arg(long, env = "SHEPHERD_PUBLIC_URL", value_name = "SHEPHERD_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// Connections to the database.
    #[arg(long, env = "SHEPHERD_DATABASE_CONNECTIONS", value_name = "SHEPHERD_DATABASE_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub database_connections: u16,
    /// Key for secrets at rest, 32 bytes in base64. Absent: generated once and kept in the database.
    #[arg(long, env = "SHEPHERD_ENCRYPTION_KEY", value_name = "SHEPHERD_ENCRYPTION_KEY", hide_env_values = true)]
    pub encryption_key: Option<String>,
    /// Key for signing access tokens, 32 bytes in base64. Absent: generated once and kept in the database.
    #[arg(long, env = "SHEPHERD_SESSION_SECRET", value_name = "SHEPHERD_SESSION_SECRET", hide_env_values = true)]
    pub session_secret: Option<String>,
    /// How long a request waits for a decision, in seconds.
    #[arg(long, env = "SHEPHERD_APPROVAL_TIMEOUT_SECONDS", value_name = "SHEPHERD_APPROVAL_TIMEOUT_SECONDS", default_value_t = 168 * 3600, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub approval_timeout_seconds: u64,
    /// Failed sign-ins a minute for one account or one address before further ones are refused.
    #[arg(long, env = "SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", value_name = "SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub login_attempts_per_minute: u32,
    /// Address of Temporal UI as people's browsers reach it. Absent: tickets carry no link to their run.
    #[arg(long, env = "SHEPHERD_TEMPORAL_UI_URL", value_name = "SHEPHERD_TEMPORAL_UI_URL", value_parser = web_address)]
    pub temporal_ui_url: Option<Url>,
    /// Namespace in Temporal that the worker uses; only for links.
    #[arg(
        long,
        env = "SHEPHERD_TEMPORAL_NAMESPACE",
        value_name = "SHEPHERD_TEMPORAL_NAMESPACE",
        default_value = "shepherd"
    )]
    pub temporal_namespace: String,
    /// Worker threads of the HTTP server.
    #[arg(long, env = "SHEPHERD_HTTP_WORKERS", value_name = "SHEPHERD_HTTP_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub http_workers: u16,
}

impl Config {
    /// How long a request waits for a decision.
    pub fn approval_timeout(&self) -> Duration {
        Duration::from_secs(self.approval_timeout_seconds)
    }

    /// Where a workflow is shown, if anywhere.
    pub(crate) fn workflow_url(&self, id: &str) -> Option<String> {
        let mut url = self.temporal_ui_url.clone()?;
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty().extend(["namespaces", &self.temporal_namespace, "workflows", id]);
        drop(path);
        Some(url.into())
    }
}

/// An address that a browser can open; anything else must not become a link.
fn web_address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err("no web address".to_owned()) }
}
