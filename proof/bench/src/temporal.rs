//! Temporal as a client of ours sees it: the floor F4, and what histories tell.
//!
//! F4 is the workflow of a ticket started bare: by a client whose worker is attached, with the search attributes, the
//! sealed payloads and the eager start that the relay uses, as many at once as the relay has under way. What it leaves out
//! is all that stands before Temporal.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use shepherd_store::seal::Key;
use shepherd_tests::environment::variable;
use shepherd_worker::codec::Codec;
use shepherd_workflows::activities::TicketRef;
use shepherd_workflows::attributes::{TENANT_ID, TICKET_ID, TICKET_STATE, TICKET_TYPE};
use shepherd_workflows::{QUEUE, VmRequest, VmRequestInput};
use std::time::{Duration, Instant};
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, WorkflowIdReusePolicy, WorkflowStartOptions,
};
use temporalio_common::protos::temporal::api::common::v1::WorkflowExecution;
use temporalio_common::protos::temporal::api::enums::v1::EventType;
use temporalio_common::protos::temporal::api::history::v1::HistoryEvent;
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    CountWorkflowExecutionsRequest, GetWorkflowExecutionHistoryRequest,
};
use temporalio_common::search_attributes::SearchAttributes;
use temporalio_sdk::{Runtime, Worker, WorkerOptions};
use tokio::time::sleep;
use tonic::IntoRequest as _;
use uuid::Uuid;

/// Starts under way at once, as many as the relay has.
const CONCURRENCY: usize = 16;
/// As long as a ticket waits by default.
const TIMEOUT: Duration = Duration::from_secs(14 * 86_400);
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two looks at a state.
const LOOK: Duration = Duration::from_millis(10);

/// The run's Temporal.
pub(crate) struct Temporal {
    client: Client,
}

impl Temporal {
    /// Connects to the namespace that the product's worker has made.
    ///
    /// # Errors
    /// When Temporal does not answer.
    pub(crate) async fn connect() -> Result<Self> {
        let target: reqwest::Url = format!("http://{}", variable("TEMPORAL_ADDRESS")?).parse()?;
        let connection = Connection::connect(ConnectionOptions::new(target).build()).await.context("Temporal")?;
        let codec = Codec::new(Key::parse(&Key::generate())?);
        let options = ClientOptions::new(QUEUE).data_converter(codec.converter()).build();
        Ok(Self { client: Client::new(connection, options)? })
    }

    /// F4: workflows in a second, from the first start until the last one waits for its decision.
    ///
    /// # Errors
    /// When one cannot be started.
    pub(crate) async fn bare_starts(&self, n: u64) -> Result<f64> {
        let queue = format!("bare-{}", Uuid::new_v4().simple());
        let runtime = Runtime::from_current_tokio(Default::default())?;
        let options = WorkerOptions::new(queue.as_str()).register_workflow::<VmRequest>()?.build();
        let mut worker = Worker::new(&runtime, self.client.clone(), options)?;
        let measured = async {
            let began = Instant::now();
            let starts = stream::iter(0..n).map(|_| self.bare_start(&queue)).buffer_unordered(CONCURRENCY);
            let started: Vec<String> = starts.try_collect().await?;
            for run in started.iter().rev().take(CONCURRENCY) {
                self.first_task(run, EventType::WorkflowTaskCompleted).await?;
            }
            anyhow::Ok(crate::load::float(n) / began.elapsed().as_secs_f64())
        };
        tokio::select! {
            measured = measured => measured,
            ended = worker.run() => {
                ended.context("worker")?;
                anyhow::bail!("the worker ended")
            }
        }
    }

    async fn bare_start(&self, queue: &str) -> Result<String> {
        let (tenant_id, ticket_id) = (Uuid::now_v7(), Uuid::now_v7());
        let id = format!("bare-{ticket_id}");
        let attributes = SearchAttributes::new([
            TENANT_ID.value_set(tenant_id.to_string()),
            TICKET_ID.value_set(ticket_id.to_string()),
            TICKET_TYPE.value_set("CREATE".to_owned()),
            TICKET_STATE.value_set("PENDING".to_owned()),
        ]);
        let options = WorkflowStartOptions::new(queue, id.as_str())
            .id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate)
            .enable_eager_workflow_start(true)
            .search_attributes(attributes)
            .static_summary(format!("bare workflow {ticket_id}"))
            .build();
        let ticket = TicketRef { tenant_id, ticket_id };
        let input = VmRequestInput { ticket, timeout_seconds: TIMEOUT.as_secs() };
        self.client.start_workflow(VmRequest::run, input, options).await.context("start")?;
        Ok(id)
    }

    /// When the first workflow task of a run was started or completed; waits for it.
    ///
    /// # Errors
    /// When it does not come.
    pub(crate) async fn first_task(&self, run: &str, wanted: EventType) -> Result<DateTime<Utc>> {
        let end = Instant::now() + PATIENCE;
        loop {
            let events = self.history(run).await?;
            if let Some(event) = events.iter().find(|event| event.event_type == i32::from(wanted)) {
                let time = event.event_time.context("time of the event")?;
                let nanos = u32::try_from(time.nanos)?;
                return DateTime::from_timestamp(time.seconds, nanos).context("time of the event");
            }
            anyhow::ensure!(Instant::now() < end, "{run} has no {wanted:?}");
            sleep(LOOK).await;
        }
    }

    /// Events in the history of a run that has ended; waits for the end.
    ///
    /// # Errors
    /// When it does not end.
    pub(crate) async fn n_events(&self, run: &str) -> Result<u64> {
        let end = Instant::now() + PATIENCE;
        loop {
            let events = self.history(run).await?;
            if events.iter().any(|event| event.event_type == i32::from(EventType::WorkflowExecutionCompleted)) {
                return Ok(u64::try_from(events.len())?);
            }
            anyhow::ensure!(Instant::now() < end, "{run} does not end");
            sleep(LOOK).await;
        }
    }

    /// The first page of a history, a thousand events; none while nobody knows the run.
    async fn history(&self, run: &str) -> Result<Vec<HistoryEvent>> {
        let execution = WorkflowExecution { workflow_id: run.to_owned(), run_id: String::new() };
        let request = GetWorkflowExecutionHistoryRequest {
            namespace: QUEUE.to_owned(),
            execution: Some(execution),
            ..Default::default()
        };
        let mut service = self.client.connection().workflow_service();
        match service.get_workflow_execution_history(request.into_request()).await {
            Ok(answer) => Ok(answer.into_inner().history.map(|history| history.events).unwrap_or_default()),
            Err(status) if status.code() == tonic::Code::NotFound => Ok(Vec::new()),
            Err(status) => Err(status).context("history"),
        }
    }

    /// Runs of tickets that ever were on a task queue, as the list of runs knows them.
    ///
    /// # Errors
    /// When Temporal does not answer.
    pub(crate) async fn n_runs(&self, queue: &str) -> Result<i64> {
        let query = format!("WorkflowType = 'VmRequest' and TaskQueue = '{queue}'");
        let request = CountWorkflowExecutionsRequest { namespace: QUEUE.to_owned(), query };
        let mut service = self.client.connection().workflow_service();
        Ok(service.count_workflow_executions(request.into_request()).await.context("count runs")?.into_inner().count)
    }
}
