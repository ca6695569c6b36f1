//! What a cluster is asked for a namespace, and what is remembered instead.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shepherd_domain::fault::FaultCode;
use shepherd_domain::ids::TicketId;
use uuid::Uuid;

use super::super::cluster::Cluster;
use super::super::orders::{NamespaceOrder, Removal};
use super::super::script::{Journal, client, error};
use super::{ensure, remove};

const FIRST: TicketId = TicketId(Uuid::nil());
const SECOND: TicketId = TicketId(Uuid::max());

fn scripted(answers: Vec<(u16, Vec<Value>)>) -> (Cluster, Journal) {
    let (client, journal) = client(answers);
    (Cluster::over(client), journal)
}

fn order(ticket_id: TicketId) -> NamespaceOrder {
    NamespaceOrder { name: "n".to_owned(), ticket_id, labels: BTreeMap::new(), annotations: BTreeMap::new() }
}

fn absent() -> (u16, Vec<Value>) {
    let mut status = error(404, "NotFound", "namespaces \"n\" not found");
    status["details"] = json!({"name": "n", "kind": "namespaces"});
    (404, vec![status])
}

fn made_by(ticket_id: TicketId) -> Value {
    let labels = json!({"kubevirt-shepherd.io/managed-by": "kubevirt-shepherd",
        "kubevirt-shepherd.io/ticket-id": ticket_id.to_string()});
    json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "n", "uid": "u", "labels": labels}})
}

fn made() -> (u16, Vec<Value>) {
    (201, vec![made_by(FIRST)])
}

fn found() -> (u16, Vec<Value>) {
    (200, vec![made_by(FIRST)])
}

async fn is_created(cluster: &Cluster, ticket_id: TicketId) -> Result<bool, FaultCode> {
    ensure(cluster, &order(ticket_id)).await.map(|ensured| ensured.created).map_err(|fault| fault.code)
}

#[tokio::test]
async fn of_many_at_once_one_asks_and_only_the_first_ticket_made_it() {
    let (cluster, journal) = scripted(vec![absent(), made()]);
    let asked = tokio::join!(is_created(&cluster, FIRST), is_created(&cluster, SECOND), is_created(&cluster, SECOND));
    assert_eq!(asked, (Ok(true), Ok(false), Ok(false)));
    assert_eq!(is_created(&cluster, SECOND).await, Ok(false));
    assert_eq!(journal.lines().len(), 2, "{:?}", journal.lines());
}

#[tokio::test]
async fn ticket_that_made_it_looks_again() {
    let (cluster, journal) = scripted(vec![absent(), made(), found()]);
    assert_eq!(is_created(&cluster, FIRST).await, Ok(true));
    assert_eq!(is_created(&cluster, FIRST).await, Ok(true));
    assert_eq!(journal.lines().len(), 3);
}

#[tokio::test]
async fn namespace_that_leaves_or_is_removed_is_not_remembered() {
    let mut leaving = made_by(FIRST);
    leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    let (cluster, _) = scripted(vec![(200, vec![leaving]), found(), absent(), absent(), made()]);
    assert_eq!(is_created(&cluster, SECOND).await, Err(FaultCode::NamespaceTerminating));
    assert_eq!(is_created(&cluster, SECOND).await, Ok(false));
    assert!(remove(&cluster, "n", FIRST).await.is_ok_and(|removal| removal == Removal::Absent));
    assert_eq!(is_created(&cluster, FIRST).await, Ok(true));
}

#[tokio::test]
async fn refusal_is_not_remembered() {
    let denied = (500, vec![error(500, "InternalError", "no")]);
    let (cluster, _) = scripted(vec![denied, found()]);
    assert_eq!(is_created(&cluster, SECOND).await, Err(FaultCode::ClusterUnhealthy));
    assert_eq!(is_created(&cluster, SECOND).await, Ok(false));
}
