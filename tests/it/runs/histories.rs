//! Runs that were recorded replay with the workflow of today. `UPDATE_HISTORIES=1` records them anew: only when no
//! installation has runs of the old shape under way.

use serde_json::json;
use shepherd_store::seal::Key;
use shepherd_tests::environment::variable;
use shepherd_tests::{Kubernetes, World, until};
use shepherd_worker::codec::Codec;
use shepherd_workflows::VmRequest;
use std::path::{Path, PathBuf};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions};
use temporalio_client::{WorkflowExecutionStatus, WorkflowHistory};
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};

/// Opens the payloads of the recorded histories. A key of these tests and of nothing else.
const KEY: &str = "c2hlcGhlcmQgdGVzdHMgcmVwbGF5IGhpc3RvcmllcyE=";
const NAMES: [&str; 5] = ["happy", "rejected", "cancelled", "expired", "undone"];

#[tokio::test]
async fn recorded_runs_replay_with_the_workflow_of_today() -> anyhow::Result<()> {
    if std::env::var_os("UPDATE_HISTORIES").is_some() {
        record_all().await?;
    }
    let codec = Codec::new(Key::parse(KEY)?);
    let options = WorkflowReplayerOptions::new().data_converter(codec.converter());
    let replayer = WorkflowReplayer::new(options.register_workflow::<VmRequest>()?.build())?;
    for name in NAMES {
        let history = WorkflowHistory::from_json(&std::fs::read(file(name))?)?;
        replayer.replay_workflow(history).await.map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
    }
    Ok(())
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("histories").join(format!("{name}.json"))
}

async fn record_all() -> anyhow::Result<()> {
    std::fs::create_dir_all(Path::new(env!("CARGO_MANIFEST_DIR")).join("histories"))?;
    let world = sealed_with_the_key(&[]).await?;
    let happy = super::approved(&world).await?;
    record(&world, "happy", &happy, "SUCCESS").await?;
    for (name, state) in [("rejected", "REJECTED"), ("cancelled", "CANCELLED")] {
        let ticket = world.submit().await?;
        let (person, verb) =
            if name == "rejected" { (&world.approver, "reject") } else { (&world.requester, "cancel") };
        let answer = person.post(&format!("/tickets/{ticket}/{verb}"), &json!({"reason": "for the record"})).await?;
        anyhow::ensure!(answer.status.is_success(), "{verb}: {}", answer.body);
        record(&world, name, &ticket, state).await?;
    }
    Kubernetes::of_run().await?.behave(&world.namespace_name, "reject").await?;
    let undone = super::approved(&world).await?;
    record(&world, "undone", &undone, "FAILED").await?;
    let world = sealed_with_the_key(&[("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", "1".to_owned())]).await?;
    let expired = world.submit().await?;
    record(&world, "expired", &expired, "EXPIRED").await
}

async fn sealed_with_the_key(settings: &[(&'static str, String)]) -> anyhow::Result<World> {
    let mut all = vec![("SHEPHERD_ENCRYPTION_KEY", KEY.to_owned())];
    all.extend_from_slice(settings);
    let mut world = World::without_worker(&all).await?;
    world.worker_settings.push(("SHEPHERD_ENCRYPTION_KEY", KEY.to_owned()));
    world.start_worker().await?;
    world.cluster_passes().await?;
    Ok(world)
}

async fn record(world: &World, name: &str, ticket: &str, state: &str) -> anyhow::Result<()> {
    world.ticket_in(ticket, &[state]).await?;
    let address: reqwest::Url = format!("http://{}", variable("TEMPORAL_ADDRESS")?).parse()?;
    let connection = Connection::connect(ConnectionOptions::new(address).build()).await?;
    let client = Client::new(connection, ClientOptions::new("shepherd").build())?;
    let run = client.get_workflow_handle::<VmRequest>(format!("ticket-{ticket}"));
    until("the run's end", async || {
        // The order to start it may not have been delivered yet.
        let Ok(seen) = run.describe(Default::default()).await else { return Ok(None) };
        Ok((seen.status() != WorkflowExecutionStatus::Running).then_some(()))
    })
    .await?;
    std::fs::write(file(name), run.fetch_history(Default::default()).to_json().await?)?;
    Ok(())
}
