//! What the worker makes in Temporal before it starts: namespace, search attributes, the schedule of the net.
//! Everything is idempotent; two workers that start together do no harm.

use anyhow::Context as _;
use shepherd_workflows::{Reconcile, attributes};
use std::collections::HashMap;
use std::time::Duration;
use temporalio_client::schedules::{CreateScheduleOptions, ScheduleAction, ScheduleSpec};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions};
use temporalio_common::protos::temporal::api::enums::v1::IndexedValueType;
use temporalio_common::protos::temporal::api::operatorservice::v1::{
    AddSearchAttributesRequest, ListSearchAttributesRequest,
};
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    DescribeNamespaceRequest, RegisterNamespaceRequest,
};
use tonic::{Code, IntoRequest};

use crate::codec::Codec;
use crate::config::Config;

/// How long finished runs stay readable.
const RETENTION: Duration = Duration::from_secs(14 * 86_400);
const ROUND: Duration = Duration::from_secs(300);

/// Connects and makes what is missing.
///
/// # Errors
/// When Temporal does not answer; trying again is safe.
pub(crate) async fn client(config: &Config, codec: Codec) -> anyhow::Result<Client> {
    let target = url::Url::parse(&format!("http://{}", config.temporal_address)).context("TEMPORAL_ADDRESS")?;
    let options = ConnectionOptions::new(target)
        .identity(format!("shepherd-worker@{}", std::process::id()))
        .connect_timeout(Duration::from_secs(5))
        .build();
    let connection = Connection::connect(options).await.context("connect")?;
    namespace(&connection, &config.temporal_namespace).await?;
    search_attributes(&connection, &config.temporal_namespace).await?;
    let options = ClientOptions::new(config.temporal_namespace.as_str()).data_converter(codec.converter()).build();
    let client = Client::new(connection, options)?;
    schedule(&client, config).await?;
    Ok(client)
}

async fn namespace(connection: &Connection, name: &str) -> anyhow::Result<()> {
    let mut service = connection.workflow_service();
    let describe = DescribeNamespaceRequest { namespace: name.to_owned(), ..Default::default() };
    match service.describe_namespace(describe.into_request()).await {
        Ok(_) => return Ok(()),
        Err(status) if status.code() == Code::NotFound => {}
        Err(status) => return Err(status).context("describe namespace"),
    }
    let register = RegisterNamespaceRequest {
        namespace: name.to_owned(),
        description: "Shepherd".to_owned(),
        workflow_execution_retention_period: RETENTION.try_into().ok(),
        ..Default::default()
    };
    match service.register_namespace(register.into_request()).await {
        Err(status) if status.code() != Code::AlreadyExists => Err(status).context("register namespace"),
        _ => Ok(()),
    }
}

async fn search_attributes(connection: &Connection, namespace: &str) -> anyhow::Result<()> {
    let mut service = connection.operator_service();
    let list = ListSearchAttributesRequest { namespace: namespace.to_owned() };
    let known =
        service.list_search_attributes(list.into_request()).await.context("list search attributes")?.into_inner();
    let keyword = i32::from(IndexedValueType::Keyword);
    let missing: HashMap<String, i32> = attributes::ALL
        .into_iter()
        .filter(|name| !known.custom_attributes.contains_key(*name))
        .map(|name| (name.to_owned(), keyword))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let add = AddSearchAttributesRequest { search_attributes: missing, namespace: namespace.to_owned() };
    match service.add_search_attributes(add.into_request()).await {
        Err(status) if status.code() != Code::AlreadyExists => Err(status).context("add search attributes"),
        _ => Ok(()),
    }
}

async fn schedule(client: &Client, config: &Config) -> anyhow::Result<()> {
    let action = ScheduleAction::start_workflow(Reconcile::run, (), config.task_queue.clone(), "reconcile");
    let options = CreateScheduleOptions::builder().action(action).spec(ScheduleSpec::from_interval(ROUND)).build();
    match client.create_schedule(format!("reconcile-{}", config.task_queue), options).await {
        Ok(_) => Ok(()),
        Err(error) if format!("{error:?}").contains("AlreadyExists") => Ok(()),
        Err(error) => Err(error).context("create schedule"),
    }
}
