//! Plays KubeVirt and the nodes on a real kube-apiserver that has KubeVirt's definitions and nothing else:
//! virt-controller, virt-handler, kubelet, scheduler, CDI and the webhooks of virt-api.
//!
//! It is an ordinary client of the Kubernetes API. It must not know Shepherd: what it does is what a cluster
//! with KubeVirt 1.9 does, plus faults on demand (`behaviour`).

mod behaviour;
mod condition;
mod expect;
mod kinds;
mod node;
mod perform;
mod play;
mod quantity;
mod reconcile;
mod stage;
mod watch;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;
use kube::config::{KubeConfigOptions, Kubeconfig};
use tokio::signal::unix::{SignalKind, signal};

use crate::behaviour::Rules;
use crate::play::Pace;

/// Command line.
#[derive(Debug, Parser)]
#[command(name = "shepherd-devcluster-kubevirt")]
struct Arguments {
    /// Kubeconfig of the control plane's administrator.
    #[arg(long)]
    kubeconfig: PathBuf,
    /// Folder for what this process leaves behind: the webhooks' certificate.
    #[arg(long)]
    dir: PathBuf,
    /// Where the webhooks listen.
    #[arg(long, default_value = "127.0.0.1:0")]
    webhook: SocketAddr,
    /// How fast time goes by: 2.0 halves every wait.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,shepherd_devcluster_kubevirt=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = run(arguments) => ended,
        _ = terminated.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    anyhow::ensure!(arguments.speed > 0.0 && arguments.speed.is_finite(), "--speed must be a positive number");
    let client = connect(&arguments).await?;
    tokio::fs::create_dir_all(&arguments.dir).await?;
    node::register(&client).await.context("registering the node")?;

    let rules = Arc::new(Rules::new(client.clone()));
    rules.refresh().await.context("reading the behaviour rules")?;
    let (changes, stores) = watch::start(&client, Arc::clone(&rules));
    let url = webhook::start(&client, Arc::clone(&rules), arguments.webhook, &arguments.dir)
        .await
        .context("starting the webhooks")?;
    stores.wait_until_ready().await?;
    println!("{}", serde_json::json!({"event": "ready", "webhook": url}));
    reconcile::run(client, stores, changes, rules, Pace::new(arguments.speed)).await;
    anyhow::bail!("the watches ended")
}

async fn connect(arguments: &Arguments) -> anyhow::Result<kube::Client> {
    let file = Kubeconfig::read_from(&arguments.kubeconfig)
        .with_context(|| format!("reading {}", arguments.kubeconfig.display()))?;
    let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?;
    Ok(kube::Client::try_from(config)?)
}
