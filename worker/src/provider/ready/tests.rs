//! Which watch a wait relies on.

use std::time::Duration;

use serde_json::{Value, json};
use shepherd_domain::fault::FaultCode;
use shepherd_domain::ids::TicketId;
use uuid::Uuid;

use super::super::changes;
use super::super::cluster::Cluster;
use super::super::orders::{VmReady, VmRef};
use super::super::script::{Journal, client};
use super::wait;

const PATIENCE: Duration = Duration::from_secs(20);

fn vm(status: &str, uid: &str) -> Value {
    json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "spec": {},
        "metadata": {"name": "a", "namespace": "n", "resourceVersion": "3", "uid": uid},
        "status": {"printableStatus": status, "ready": status == "Running"}})
}

fn event(kind: &str, status: &str, uid: &str) -> Value {
    json!({"type": kind, "object": vm(status, uid)})
}

fn bookmark() -> Value {
    json!({"type": "BOOKMARK", "object": {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
        "metadata": {"resourceVersion": "3", "annotations": {"k8s.io/initial-events-end": "true"}}}})
}

/// A cluster whose watch of all VMs has these events, while somebody reads it.
fn cluster(events: Vec<Value>, further: Vec<(u16, Vec<Value>)>) -> (Cluster, Journal) {
    let (client, journal) = client([vec![(200, events)], further].concat());
    (Cluster::over(client), journal)
}

async fn waited(cluster: &Cluster) -> Result<VmReady, FaultCode> {
    let ticket_id = TicketId(Uuid::nil());
    let vm = VmRef { namespace: "n".to_owned(), name: "a".to_owned(), ticket_id, uid: Some("u".to_owned()) };
    wait(cluster, &vm, PATIENCE).await.map_err(|fault| fault.code)
}

fn ready() -> Result<VmReady, FaultCode> {
    Ok(VmReady { uid: "u".to_owned(), resource_version: "3".to_owned() })
}

#[tokio::test]
async fn watch_of_all_is_enough() {
    let (cluster, journal) = cluster(Vec::new(), Vec::new());
    cluster.board.feed(true);
    let shown = |status: &str| {
        let vm = serde_json::from_value(vm(status, "u")).unwrap_or_else(|error| panic!("{error}"));
        cluster.board.put(("n".to_owned(), "a".to_owned()), changes::sighting(&vm));
    };
    shown("Starting");
    let (seen, ()) = tokio::join!(waited(&cluster), async {
        tokio::task::yield_now().await;
        shown("Running");
    });
    assert_eq!(seen, ready());
    assert_eq!(journal.lines().len(), 0, "{:?}", journal.lines());
}

#[tokio::test]
async fn without_a_watch_of_all_there_is_one_of_its_own() {
    let (cluster, journal) = cluster(vec![event("ADDED", "Running", "u"), bookmark()], Vec::new());
    assert_eq!(waited(&cluster).await, ready());
    assert!(journal.lines()[0].contains("fieldSelector=metadata.name%3Da"), "{:?}", journal.lines());
}

#[tokio::test]
async fn what_the_watch_of_all_does_not_show_is_looked_for() {
    let (cluster, journal) = cluster(vec![event("ADDED", "Running", "u"), bookmark()], Vec::new());
    cluster.board.feed(true);
    assert_eq!(waited(&cluster).await, ready());
    assert_eq!(journal.lines().len(), 1);
}

#[tokio::test]
async fn what_the_watch_of_all_shows_going_is_not_believed() {
    let (cluster, _) = cluster(vec![event("ADDED", "Running", "u"), bookmark()], Vec::new());
    cluster.board.feed(true);
    let (seen, ()) = tokio::join!(waited(&cluster), async {
        let other = serde_json::from_value(vm("Running", "earlier")).unwrap_or_else(|error| panic!("{error}"));
        cluster.board.put(("n".to_owned(), "a".to_owned()), changes::sighting(&other));
        tokio::task::yield_now().await;
        cluster.board.wipe();
    });
    assert_eq!(seen, ready());
}
