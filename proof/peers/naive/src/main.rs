//! A naive Temporal workflow: the request is written, then the workflow started; the approval is a signal; every step
//! is an ordinary activity. Nothing repairs a request whose workflow was not started.

mod workflow;

use anyhow::Context as _;
use clap::Parser;
use shepherd_peers::ledger::{Ledger, connect, make_tables};
use shepherd_peers::{Arguments, Done, Peer, measure};
use std::sync::Arc;
use std::time::Duration;
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, WorkflowDescribeOptions, WorkflowSignalOptions,
    WorkflowStartOptions,
};
use temporalio_common::protos::temporal::api::workflowservice::v1::RegisterNamespaceRequest;
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use tokio_postgres::Client as Sql;
use tonic::{Code, IntoRequest as _};
use uuid::Uuid;

use crate::workflow::{Request, Steps};

const NAMESPACE: &str = "naive";
const QUEUE: &str = "naive";
/// Connections of the activities.
const CONNECTIONS: usize = 10;

/// The naive Temporal workflow on the common task.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    common: Arguments,
    /// Frontend of Temporal, `host:port`
    #[arg(long, env = "TEMPORAL_ADDRESS")]
    temporal_address: String,
}

struct Naive {
    url: String,
    temporal: Client,
}

impl Peer for Naive {
    type Session = (Sql, Ledger);

    async fn session(&self) -> anyhow::Result<Self::Session> {
        let sql = connect(&self.url).await?;
        let ledger = Ledger::prepare(&sql).await?;
        Ok((sql, ledger))
    }

    async fn submit(&self, (sql, ledger): &mut Self::Session, id: Uuid) -> anyhow::Result<()> {
        let transaction = sql.transaction().await?;
        ledger.submit(&transaction, id).await?;
        transaction.commit().await?;
        let options = WorkflowStartOptions::new(QUEUE, workflow_id(id)).build();
        self.temporal.start_workflow(Request::run, id, options).await.context("start")?;
        Ok(())
    }

    async fn decide(&self, (sql, ledger): &mut Self::Session, id: Uuid) -> anyhow::Result<()> {
        let transaction = sql.transaction().await?;
        ledger.decide(&transaction, id).await?;
        transaction.commit().await?;
        let run = self.temporal.get_workflow_handle::<Request>(workflow_id(id));
        run.signal(Request::approved, (), WorkflowSignalOptions::default()).await.context("signal")
    }
}

fn workflow_id(id: Uuid) -> String {
    format!("request-{id}")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let sql = connect(&options.common.database_url).await?;
    make_tables(&sql).await?;
    let temporal = temporal(&options.temporal_address).await?;
    let done = Done::default();
    let steps = Steps::connect(&options.common.database_url, CONNECTIONS, done.clone()).await?;
    let runtime = Runtime::from_current_tokio(Default::default())?;
    let worker = WorkerOptions::new(QUEUE).register_workflow::<Request>()?.register_activities(steps).build();
    let mut worker = Worker::new(&runtime, temporal.clone(), worker)?;
    let peer = Arc::new(Naive { url: options.common.database_url.clone(), temporal: temporal.clone() });
    let measured = async {
        let mut report = measure("naive-temporal", peer, done, &options.common).await?;
        let last: String = sql.query_one("select id::text from requests order by id desc limit 1", &[]).await?.get(0);
        report.events = Some(events(&temporal, last.parse()?).await?);
        report.print()
    };
    tokio::select! {
        measured = measured => measured,
        ended = worker.run() => ended.context("worker"),
    }
}

/// Connects, in a namespace of its own.
async fn temporal(address: &str) -> anyhow::Result<Client> {
    let options = ConnectionOptions::new(url::Url::parse(&format!("http://{address}"))?).build();
    let connection = Connection::connect(options).await.context("connect to Temporal")?;
    let register = RegisterNamespaceRequest {
        namespace: NAMESPACE.to_owned(),
        workflow_execution_retention_period: Duration::from_secs(86_400).try_into().ok(),
        ..Default::default()
    };
    match connection.workflow_service().register_namespace(register.into_request()).await {
        Err(status) if status.code() != Code::AlreadyExists => return Err(status).context("register namespace"),
        _ => {}
    }
    let client = Client::new(connection, ClientOptions::new(NAMESPACE).build())?;
    // A new namespace takes work when all parts of the server know it.
    let end = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        let probe = WorkflowStartOptions::new("nobody", "probe").build();
        match client.start_workflow(Request::run, Uuid::nil(), probe).await {
            Ok(_) | Err(temporalio_client::errors::WorkflowStartError::AlreadyStarted { .. }) => return Ok(client),
            Err(error) if tokio::time::Instant::now() > end => return Err(error).context("namespace"),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Length of the history of a run that has ended, asked until its last event is there.
async fn events(temporal: &Client, id: Uuid) -> anyhow::Result<i64> {
    let run = temporal.get_workflow_handle::<Request>(workflow_id(id));
    run.get_result(Default::default()).await.context("result")?;
    let described = run.describe(WorkflowDescribeOptions::default()).await?;
    let info = described.raw_description.workflow_execution_info.context("no information about the run")?;
    Ok(info.history_length)
}
