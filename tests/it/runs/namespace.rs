//! Two tickets that count on one namespace.

use serde_json::json;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, nothing_is_left, step};

#[tokio::test]
async fn a_run_that_starts_while_an_undo_removes_its_namespace_waits_and_succeeds() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (gateway, name) = (Gateway::of_run()?, world.namespace_name.as_str());
    let list = json!({"verb": "list", "resource": "virtualmachines", "namespace": name});
    gateway.fault(list, json!({"kind": "latency", "ms": 2000}), Some(1)).await?;
    let first = approved(&world).await?;
    let second = world.submit().await?;
    let digest = world.digest(&second).await?;
    until("the wait for ready", async || {
        let seen = world.requester.get(&format!("/tickets/{first}")).await?.expect(200)?;
        Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
    })
    .await?;
    let delete = json!({"verb": "delete", "resource": "namespaces", "name": name});
    gateway.fault(delete, json!({"kind": "latency", "ms": 2000}), Some(1)).await?;
    let reason = json!({"reason": "nobody waits for it any more"});
    world.requester.post(&format!("/tickets/{first}/abandon"), &reason).await?.expect(202)?;
    // The undo has looked for others in the database, and then for their objects in the cluster.
    let looked = format!("verb=list&resource=pods&namespace={name}");
    until("the look for pods", async || Ok((!gateway.journal(&looked).await?.is_empty()).then_some(()))).await?;

    let approval = json!({"cluster_id": world.cluster, "digest": digest});
    world.approver.post(&format!("/tickets/{second}/approve"), &approval).await?.expect(202)?;
    let done = world.ticket_in(&second, &["SUCCESS"]).await?;
    assert!(step(&done, "ensure_namespace")["attempt"].as_i64() > Some(1), "it did not wait: {done}");
    world.ticket_in(&first, &["FAILED"]).await?;
    let cluster = Kubernetes::of_run().await?;
    nothing_is_left(&cluster, &first).await?;
    assert_eq!(cluster.of_ticket(&second).await?.len(), 3, "namespace, machine and its instance");
    Ok(())
}
