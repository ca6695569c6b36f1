//! The worker as a whole: how it starts, waits for what it needs, and stops.

use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use shepherd_store::seal::Key;
use shepherd_store::{Pools, SecretName, Store};
use shepherd_workflows::{ClusterCheck, Reconcile, VmRequest};
use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use temporalio_client::Client;
use temporalio_sdk::runtime::worker_tuner::{FixedSizeSlotSupplier, TunerHolder};
use temporalio_sdk::{Runtime, Worker as TemporalWorker, WorkerOptions};
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use crate::activities::{BEAT, Worker};
use crate::bootstrap;
use crate::clusters::Clusters;
use crate::codec::Codec;
use crate::config::Config;
use crate::health::Health;
use crate::http::{Shared, serve};
use crate::provider::EgressPolicy;
use crate::pulse::Pulse;
use crate::relay::Relay;
use crate::watch::Watches;

/// How often something that is missing at start is asked for again.
const RETRY: Duration = Duration::from_millis(300);
/// How long running activities may take to end when the worker is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the worker until it is told to stop.
///
/// # Errors
/// For an address that is taken and for configuration that cannot be used. A database or a Temporal that does not
/// answer is waited for.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let listener =
        TcpListener::bind(config.listen).with_context(|| format!("SHEPHERD_WORKER_LISTEN {}", config.listen))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    if let Some(key) = &config.encryption_key {
        Key::parse(key).map_err(|_| anyhow::anyhow!("SHEPHERD_ENCRYPTION_KEY is not 32 bytes of base64"))?;
    }
    let store = Store::new(&config.database_url, Pools::default()).context("WORKER_DATABASE_URL")?;
    let health = Health::default();
    let codec = Arc::new(OnceLock::new());
    let shared =
        Shared { health: health.clone(), metrics, codec: Arc::clone(&codec), ui_origin: config.ui_origin.clone() };
    let http = serve(listener, &config, shared)?;
    tokio::spawn(http);
    // From the start: a worker that waits for Temporal is one that lives.
    tokio::spawn(Pulse { store: store.clone(), health: health.clone() }.run());
    let mut stop = Stop::new()?;
    let ready = tokio::select! {
        () = stop.told() => return Ok(()),
        ready = prepare(&config, &store, &health, &codec) => ready?,
    };
    let codec_url = config.codec_capability.as_ref().map(|secret| format!("{url}/codec/{secret}"));
    println!("{}", json!({"event": "ready", "url": url, "codec": codec_url}));
    work(config, store, health, ready, stop).await
}

/// Waits for the database with its key, and for Temporal.
async fn prepare(
    config: &Config,
    store: &Store,
    health: &Health,
    codec: &OnceLock<Codec>,
) -> anyhow::Result<(Key, Client)> {
    let key = loop {
        match store.existing_secret(SecretName::EncryptionKey, config.encryption_key.as_deref()).await {
            Ok(Some(key)) => break key,
            Ok(None) => health.note("database", Err("the server has not made its key yet".to_owned())),
            Err(error @ shepherd_store::Error::Stored(_)) => return Err(error).context("stored key"),
            Err(error) => health.note("database", Err(error.to_string())),
        }
        tokio::time::sleep(RETRY).await;
    };
    health.note("database", Ok(()));
    let codec = codec.get_or_init(|| Codec::new(key.clone())).clone();
    loop {
        match bootstrap::client(config, codec.clone()).await {
            Ok(client) => {
                health.note("temporal", Ok(()));
                return Ok((key, client));
            }
            Err(error) => health.note("temporal", Err(format!("{error:#}"))),
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn work(
    config: Config,
    store: Store,
    health: Health,
    ready: (Key, Client),
    mut stop: Stop,
) -> anyhow::Result<()> {
    let (key, client) = ready;
    let egress = EgressPolicy::new(config.egress_allow.clone());
    let clusters = Clusters::new(store.clone(), key, egress);
    let activities = Worker {
        store: store.clone(),
        clusters: clusters.clone(),
        client: client.clone(),
        ready_timeout: config.ready_timeout(),
    };
    let runtime = Runtime::from_current_tokio(Default::default())?;
    let options = WorkerOptions::new(config.task_queue.as_str())
        .tuner(slots())
        .register_workflow::<VmRequest>()?
        .register_workflow::<ClusterCheck>()?
        .register_workflow::<Reconcile>()?
        .register_activities(activities)
        .max_heartbeat_throttle_interval(BEAT)
        .graceful_shutdown_period(GRACE)
        .build();
    let mut worker = TemporalWorker::new(&runtime, client.clone(), options)?;
    let shutdown = worker.shutdown_handle();
    let relay = Relay {
        store: store.clone(),
        client: client.clone(),
        queue: config.task_queue.clone(),
        health: health.clone(),
    };
    let background = [
        tokio::spawn(relay.run()),
        tokio::spawn(Watches { store, clusters, health: health.clone() }.run()),
        tokio::spawn(watch_temporal(client, health)),
    ];
    tokio::spawn(async move {
        stop.told().await;
        info!("told to stop");
        shutdown();
    });
    let ended = worker.run().await;
    background.iter().for_each(tokio::task::JoinHandle::abort);
    ended.context("worker")
}

/// A VM that starts holds an activity until it is ready, for minutes and at worst for half an hour. With the SDK's 100
/// slots a hundred VMs that never start would keep the requests of every other cluster waiting.
fn slots() -> TunerHolder {
    let (tasks, effects) = (FixedSizeSlotSupplier::new(100), FixedSizeSlotSupplier::new(2_000));
    TunerHolder::builder()
        .workflow_task_slot_supplier(tasks)
        .activity_task_slot_supplier(effects)
        .local_activity_task_slot_supplier(tasks)
        .nexus_task_slot_supplier(tasks)
        .build()
}

/// Keeps readiness true: asks Temporal now and then.
async fn watch_temporal(client: Client, health: Health) {
    use temporalio_common::protos::temporal::api::workflowservice::v1::GetSystemInfoRequest;
    use tonic::IntoRequest;
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut service = client.connection().workflow_service();
        let asked = tokio::time::timeout(
            Duration::from_secs(2),
            service.get_system_info(GetSystemInfoRequest::default().into_request()),
        );
        let state = match asked.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(status)) => Err(status.message().to_owned()),
            Err(_) => Err("no answer".to_owned()),
        };
        health.note("temporal", state);
    }
}

/// SIGINT or SIGTERM.
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn new() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn told(&mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }
}
