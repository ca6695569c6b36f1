//! The console in Debian's Chromium, against the real product: each test is a journey of `web/e2e`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::database::Database;
use shepherd_tests::environment::variable;
use shepherd_tests::people::{PASSWORD, hire};
use shepherd_tests::process::Process;
use shepherd_tests::{Kubernetes, World};
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;

/// Runs a journey with these facts about the world it finds.
async fn journey(name: &str, facts: &Value) -> anyhow::Result<()> {
    let node = variable("SHEPHERD_TEST_NODE")?;
    let output = Command::new(&node)
        .arg("e2e/run.mjs")
        .arg(name)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web"))
        .env("SHEPHERD_E2E", facts.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("start {node}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{name} ended with {}:\n{said}", output.status);
    Ok(())
}

/// What a journey needs to know about a whole product.
fn facts(world: &World) -> Value {
    json!({
        "url": world.anonymous.base(), "password": PASSWORD, "cluster": world.cluster, "system": world.system,
        "service": world.service, "namespace": world.namespace, "namespace_name": world.namespace_name,
        "template": world.template, "instance_size": world.instance_size,
        "people": {"admin": "ada", "requester": "rita", "approver": "anton", "second_approver": "berta"},
    })
}

/// A journey in a whole product.
async fn journey_in_world(name: &str, settings: &[(&'static str, String)]) -> anyhow::Result<()> {
    let world = World::with(settings).await?;
    journey(name, &facts(&world)).await
}

/// A line to the server that a journey can cut: whoever connects to the switch cuts it until they hang up.
struct Line {
    /// Where the server is to listen.
    target: SocketAddr,
    /// What it calls itself: the near end.
    url: String,
    switch: u16,
}

impl Line {
    async fn new() -> anyhow::Result<Self> {
        let target = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let near = TcpListener::bind("127.0.0.1:0").await?;
        let switch = TcpListener::bind("127.0.0.1:0").await?;
        let line = Self { target, url: format!("http://{}", near.local_addr()?), switch: switch.local_addr()?.port() };
        let (cut, whole) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut held, _)) = switch.accept().await {
                cut.send_replace(true);
                let _ = held.read(&mut [0]).await;
                cut.send_replace(false);
            }
        });
        tokio::spawn(async move {
            while let Ok((mut near, _)) = near.accept().await {
                let mut whole = whole.clone();
                tokio::spawn(async move {
                    if *whole.borrow() {
                        return;
                    }
                    if let Ok(mut far) = TcpStream::connect(target).await {
                        tokio::select! {
                            _ = copy_bidirectional(&mut near, &mut far) => {}
                            _ = whole.wait_for(|cut| *cut) => {}
                        }
                    }
                });
            }
        });
        Ok(line)
    }
}

#[tokio::test]
async fn a_fresh_installation_is_set_up() -> anyhow::Result<()> {
    let database = Database::create().await?;
    let environment = [("DATABASE_URL", database.server_url()?), ("SHEPHERD_LISTEN", "127.0.0.1:0".to_owned())];
    let mut server = Process::start("shepherd-server", &["serve"], &environment)?;
    let setup = server.event("setup").await?;
    let ready = server.event("ready").await?;
    let facts = json!({"url": text(&ready, "url")?, "token": text(&setup, "token")?, "password": PASSWORD});
    journey("set-up", &facts).await
}

#[tokio::test]
async fn a_request_becomes_a_running_vm() -> anyhow::Result<()> {
    journey_in_world("provision", &[]).await
}

#[tokio::test]
async fn a_rejected_request_is_made_again() -> anyhow::Result<()> {
    journey_in_world("reject", &[]).await
}

#[tokio::test]
async fn a_request_that_expires_while_it_is_read_cannot_be_decided() -> anyhow::Result<()> {
    journey_in_world("expired", &[("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", "20".to_owned())]).await
}

#[tokio::test]
async fn of_two_approvers_the_second_learns_of_the_first() -> anyhow::Result<()> {
    journey_in_world("conflict", &[]).await
}

#[tokio::test]
async fn nobody_decides_their_own_request() -> anyhow::Result<()> {
    let world = World::start().await?;
    hire(&world.admin, &world.anonymous, "olga", &["Operator", "Approver"]).await?;
    let mut facts = facts(&world);
    facts["people"]["both"] = json!("olga");
    journey("own", &facts).await
}

#[tokio::test]
async fn a_failing_run_shows_its_undo() -> anyhow::Result<()> {
    let world = World::start().await?;
    Kubernetes::of_run().await?.behave(&world.namespace_name, "image_pull_failure").await?;
    journey("failing", &facts(&world)).await
}

#[tokio::test]
async fn a_session_that_ends_loses_no_form() -> anyhow::Result<()> {
    journey_in_world("session", &[]).await
}

#[tokio::test]
async fn an_upgrade_while_a_form_is_open_is_told_and_loses_no_form() -> anyhow::Result<()> {
    journey_in_world("upgrade", &[]).await
}

#[tokio::test]
async fn events_that_were_cut_go_on() -> anyhow::Result<()> {
    let line = Line::new().await?;
    let settings = [("SHEPHERD_LISTEN", line.target.to_string()), ("SHEPHERD_PUBLIC_URL", line.url.clone())];
    let world = World::with(&settings).await?;
    let mut facts = facts(&world);
    facts["api"] = json!(format!("http://{}", line.target));
    facts["switch"] = json!(line.switch);
    journey("events", &facts).await
}

#[tokio::test]
async fn a_cluster_is_registered() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut facts = facts(&world);
    facts["kubeconfig"] = json!(std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?);
    journey("cluster", &facts).await
}

#[tokio::test]
async fn a_decision_needs_no_mouse() -> anyhow::Result<()> {
    journey_in_world("keyboard", &[]).await
}

#[tokio::test]
async fn every_page_is_accessible_and_fits() -> anyhow::Result<()> {
    journey_in_world("accessible", &[]).await
}
