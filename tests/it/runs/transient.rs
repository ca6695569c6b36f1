//! What passes by itself: the ticket succeeds, and the cluster holds one VM.

use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World, until};

use super::{approved, step};

/// Runs a ticket through a fault and answers the ticket's end.
async fn survives(verb: &str, fault: Value, times: u32) -> anyhow::Result<Value> {
    let world = World::start().await?;
    let matching = json!({"verb": verb, "resource": "virtualmachines", "namespace": world.namespace_name});
    let gateway = Gateway::of_run()?;
    let id = gateway.fault(matching, fault, Some(times)).await?;
    let ticket = approved(&world).await?;
    let done = world.ticket_in(&ticket, &["SUCCESS"]).await?;
    let objects = Kubernetes::of_run().await?.of_ticket(&ticket).await?;
    let vms: Vec<_> = objects.iter().filter(|object| object.starts_with("VirtualMachine ")).collect();
    assert_eq!(vms.len(), 1, "{objects:?}");
    assert!(vms[0].contains(text(&done, "vm_name")?), "{vms:?}");
    let hit = gateway.journal(&format!("namespace={}", world.namespace_name)).await?;
    assert!(hit.iter().any(|call| call["fault"] == id.as_str()), "no call met the fault: {hit:?}");
    Ok(done)
}

fn attempts(ticket: &Value, name: &str) -> i64 {
    step(ticket, name)["attempt"].as_i64().unwrap_or_default()
}

#[tokio::test]
async fn an_overloaded_cluster_is_asked_again_when_it_says_and_no_try_is_lost() -> anyhow::Result<()> {
    for status in [429, 503] {
        let done = survives("create", json!({"kind": "status", "status": status, "retry_after": 1}), 2).await?;
        assert_eq!(attempts(&done, "apply_vm"), 1, "{done}");
    }
    Ok(())
}

#[tokio::test]
async fn a_cluster_that_wants_to_be_left_alone_for_long_fails_the_try() -> anyhow::Result<()> {
    let world = World::start().await?;
    let matching = json!({"verb": "create", "resource": "virtualmachines", "namespace": world.namespace_name});
    let refusal = json!({"kind": "status", "status": 429, "retry_after": 50});
    Gateway::of_run()?.fault(matching, refusal, None).await?;
    let ticket = approved(&world).await?;
    let seen = until("the failed try", async || {
        let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
        Ok((step(&seen, "apply_vm")["state"] == "RETRYING").then_some(seen))
    })
    .await?;
    assert_eq!(step(&seen, "apply_vm")["fault"]["code"], "CLUSTER_UNHEALTHY", "{seen}");
    Ok(())
}

#[tokio::test]
async fn errors_of_the_cluster_are_tried_again() -> anyhow::Result<()> {
    let done = survives("create", json!({"kind": "status", "status": 500}), 2).await?;
    assert!(attempts(&done, "apply_vm") > 1, "{done}");
    Ok(())
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_no_second_vm() -> anyhow::Result<()> {
    let done = survives("create", json!({"kind": "lost"}), 1).await?;
    assert!(attempts(&done, "apply_vm") > 1, "{done}");
    Ok(())
}

#[tokio::test]
async fn a_call_that_was_cut_is_made_again() -> anyhow::Result<()> {
    let done = survives("create", json!({"kind": "cut"}), 1).await?;
    assert!(attempts(&done, "apply_vm") > 1, "{done}");
    Ok(())
}

/// Runs a ticket while the fault meets the watch of all machines of a cluster, as often as it is opened.
async fn survives_without_a_steady_watch(fault: Value) -> anyhow::Result<()> {
    let gateway = Gateway::of_run()?;
    let all = json!({"verb": "watch", "path_regex": "^/apis/kubevirt.io/v1/virtualmachines$"});
    let since = gateway.last().await?;
    let fault = gateway.fault(all, fault, None).await?;
    let world = World::start().await?;
    let ticket = approved(&world).await?;
    let done = async {
        world.ticket_in(&ticket, &["SUCCESS"]).await?;
        // A watch stands in the journal once it has ended.
        until("a watch to meet the fault", async || {
            let watched = gateway.journal(&format!("since={since}&verb=watch&resource=virtualmachines")).await?;
            Ok(watched.iter().any(|call| call["fault"] == fault.as_str()).then_some(()))
        })
        .await
    };
    let done = done.await;
    gateway.heal(&fault).await?;
    done
}

#[tokio::test]
async fn a_watch_that_is_dropped_goes_on() -> anyhow::Result<()> {
    survives_without_a_steady_watch(json!({"kind": "drop_watch", "after_ms": 20})).await
}

#[tokio::test]
async fn a_watch_whose_place_is_forgotten_begins_anew() -> anyhow::Result<()> {
    survives_without_a_steady_watch(json!({"kind": "expired", "in_stream": true, "after_ms": 20})).await
}
