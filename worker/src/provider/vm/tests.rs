//! Moments that no real server can be brought to on purpose: somebody takes the name between our
//! read and our write.

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

/// The object as the server answers it, written by these managers.
fn answered(managers: &[&str]) -> Value {
    let mut object = order().manifest;
    let wrote = |manager: &&str| json!({"manager": manager, "operation": "Apply", "fieldsV1": {"f:spec": {}}});
    object["metadata"]["uid"] = json!("u");
    object["metadata"]["resourceVersion"] = json!("7");
    object["metadata"]["managedFields"] = managers.iter().map(wrote).collect();
    object
}

fn absent() -> (u16, Vec<Value>) {
    let mut status = error(404, "NotFound", "virtualmachines.kubevirt.io \"a\" not found");
    status["details"] = json!({"name": "a", "kind": "virtualmachines"});
    (404, vec![status])
}

/// What comes of an apply, and how many requests were made.
async fn outcome(answers: Vec<(u16, Vec<Value>)>) -> (Result<Applied, FaultCode>, usize) {
    let (client, journal) = client(answers);
    let applied = apply(&Cluster::over(client), &order()).await.map_err(|fault| fault.code);
    (applied, journal.lines().len())
}

#[tokio::test]
async fn free_name_is_taken() {
    let applied = Applied { uid: "u".to_owned(), resource_version: "7".to_owned() };
    let answer = (201, vec![answered(&["kubevirt-shepherd", "virt-controller"])]);
    assert_eq!(outcome(vec![absent(), answer]).await, (Ok(applied), 2));
}

#[tokio::test]
async fn our_fields_are_withdrawn_from_a_strangers_object() {
    let merged = (200, vec![answered(&["kubectl", "kubevirt-shepherd"])]);
    let withdrawn = (200, vec![answered(&["kubectl"])]);
    assert_eq!(outcome(vec![absent(), merged, withdrawn]).await, (Err(FaultCode::ObjectNotOurs), 3));
}

#[tokio::test]
async fn conflict_on_a_name_that_was_free_is_a_strangers_object() {
    let conflict = error(409, "Conflict", "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.runStrategy");
    assert_eq!(outcome(vec![absent(), (409, vec![conflict.clone()])]).await, (Err(FaultCode::ObjectNotOurs), 2));
    let ours = (200, vec![answered(&["kubevirt-shepherd"])]);
    assert_eq!(outcome(vec![ours, (409, vec![conflict])]).await, (Err(FaultCode::FieldConflict), 2));
}

#[tokio::test]
async fn missing_api_is_not_an_absent_object() {
    let missing = error(404, "NotFound", "the server could not find the requested resource");
    assert_eq!(outcome(vec![(404, vec![missing])]).await, (Err(FaultCode::KubevirtMissing), 1));
}

#[tokio::test]
async fn manifest_of_another_ticket_is_not_sent() {
    let (client, journal) = client(vec![absent()]);
    let order = VmOrder { ticket_id: TicketId(Uuid::max()), ..order() };
    let refused = apply(&Cluster::over(client), &order).await;
    assert!(refused.is_err_and(|fault| fault.code == FaultCode::ManifestInvalid));
    assert_eq!(journal.lines().len(), 1);
}
