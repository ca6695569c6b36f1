//! Moments that no real server can be brought to on purpose: who has the name, and since when.

use serde_json::{Value, json};
use shepherd_domain::fault::FaultCode;
use shepherd_domain::ids::TicketId;
use uuid::Uuid;

use super::super::cluster::Cluster;
use super::super::orders::{Applied, VmOrder};
use super::super::script::{client, error};
use super::apply;

fn order() -> VmOrder {
    let ticket_id = TicketId(Uuid::nil());
    let labels = json!({"kubevirt-shepherd.io/managed-by": "kubevirt-shepherd",
        "kubevirt-shepherd.io/ticket-id": ticket_id.to_string()});
    let manifest = json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "spec": {},
        "metadata": {"name": "a", "namespace": "n", "labels": labels}});
    VmOrder { namespace: "n".to_owned(), name: "a".to_owned(), ticket_id, manifest }
}

/// The object as the server answers it.
fn answered() -> Value {
    let mut object = order().manifest;
    object["metadata"]["uid"] = json!("u");
    object["metadata"]["resourceVersion"] = json!("7");
    object
}

fn taken() -> (u16, Vec<Value>) {
    (409, vec![error(409, "AlreadyExists", "virtualmachines.kubevirt.io \"a\" already exists")])
}

fn strangers() -> (u16, Vec<Value>) {
    let mut object = answered();
    object["metadata"]["labels"] = json!({});
    (200, vec![object])
}

fn absent() -> (u16, Vec<Value>) {
    let mut status = error(404, "NotFound", "virtualmachines.kubevirt.io \"a\" not found");
    status["details"] = json!({"name": "a", "kind": "virtualmachines"});
    (404, vec![status])
}

/// What comes of an apply, and what was asked.
async fn outcome(answers: Vec<(u16, Vec<Value>)>) -> (Result<Applied, FaultCode>, String) {
    let (client, journal) = client(answers);
    let applied = apply(&Cluster::over(client), &order()).await.map_err(|fault| fault.code);
    let asked: Vec<_> = journal.lines().iter().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    (applied, asked.join(" "))
}

fn applied() -> Result<Applied, FaultCode> {
    Ok(Applied { uid: "u".to_owned(), resource_version: "7".to_owned() })
}

#[tokio::test]
async fn free_name_is_taken_with_one_call() {
    assert_eq!(outcome(vec![(201, vec![answered()])]).await, (applied(), "POST".to_owned()));
}

#[tokio::test]
async fn unknown_fields_are_refused_by_the_cluster_and_not_dropped() {
    let (client, journal) = client(vec![(201, vec![answered()])]);
    assert!(apply(&Cluster::over(client), &order()).await.is_ok());
    let lines = journal.lines();
    assert!(lines[0].contains("fieldManager=kubevirt-shepherd&fieldValidation=Strict"), "{lines:?}");
}

#[tokio::test]
async fn strangers_object_is_looked_at_and_left() {
    let seen = outcome(vec![taken(), strangers()]).await;
    assert_eq!(seen, (Err(FaultCode::ObjectNotOurs), "POST GET".to_owned()));
}

#[tokio::test]
async fn own_object_of_an_earlier_try_is_found_and_applied_to() {
    let ours = || (200, vec![answered()]);
    assert_eq!(outcome(vec![taken(), ours(), ours()]).await, (applied(), "POST GET PATCH".to_owned()));
    let mut other = answered();
    other["metadata"]["uid"] = json!("other");
    let seen = outcome(vec![taken(), ours(), (200, vec![other])]).await;
    assert_eq!(seen, (Err(FaultCode::ObjectNotOurs), "POST GET PATCH".to_owned()), "it was replaced in between");
    let conflict = error(409, "Conflict", "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.runStrategy");
    let seen = outcome(vec![taken(), ours(), (409, vec![conflict])]).await;
    assert_eq!(seen, (Err(FaultCode::FieldConflict), "POST GET PATCH".to_owned()));
}

#[tokio::test]
async fn object_that_is_on_its_way_out_is_waited_for() {
    let mut leaving = answered();
    leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    let seen = outcome(vec![taken(), (200, vec![leaving])]).await;
    assert_eq!(seen, (Err(FaultCode::ObjectTerminating), "POST GET".to_owned()));
    assert_eq!(outcome(vec![taken(), absent()]).await, (Err(FaultCode::ObjectChanged), "POST GET".to_owned()));
}

#[tokio::test]
async fn quota_that_our_own_object_uses_up_does_not_refuse_it() {
    let full = || (403, vec![error(403, "Forbidden", "virtualmachines \"a\" is forbidden: exceeded quota: one")]);
    let ours = || (200, vec![answered()]);
    assert_eq!(outcome(vec![full(), ours(), ours()]).await, (applied(), "POST GET PATCH".to_owned()));
    let seen = outcome(vec![full(), absent()]).await;
    assert_eq!(seen, (Err(FaultCode::ClusterQuotaExceeded), "POST GET".to_owned()));
}

#[tokio::test]
async fn missing_api_is_tried_again() {
    let missing = error(404, "NotFound", "the server could not find the requested resource");
    let seen = outcome(vec![(404, vec![missing])]).await;
    assert_eq!(seen, (Err(FaultCode::KubevirtMissing), "POST".to_owned()));
}

#[tokio::test]
async fn manifest_of_another_ticket_is_not_sent() {
    let (client, journal) = client(vec![absent()]);
    let order = VmOrder { ticket_id: TicketId(Uuid::max()), ..order() };
    let refused = apply(&Cluster::over(client), &order).await;
    assert!(refused.is_err_and(|fault| fault.code == FaultCode::ManifestInvalid));
    assert_eq!(journal.lines().len(), 0);
}
