//! What does not pass soon: the run waits, says so, and calls for help where only a person can help.

use serde_json::{Value, json};
use shepherd_domain::ids::{RequestId, TenantId, TicketId};
use shepherd_domain::ticket::RunState;
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::client::text;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::people::{Person, hire};
use shepherd_tests::{Kubernetes, World, until};
use uuid::Uuid;

use super::{approved, nothing_is_left, step};

/// Waits until a ticket's run is in that state.
async fn in_run_state(world: &World, ticket: &str, state: &str) -> anyhow::Result<Value> {
    until(state, async || {
        let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
        Ok((seen["run_state"] == state).then_some(seen))
    })
    .await
}

/// What a person was told of a ticket.
async fn told(person: &Person, kind: &str) -> anyhow::Result<usize> {
    let seen = person.get("/notifications").await?.expect(200)?;
    Ok(seen["items"].as_array().into_iter().flatten().filter(|notice| notice["kind"] == kind).count())
}

#[tokio::test]
async fn a_run_parks_after_ten_minutes_without_the_cluster_and_goes_on_when_it_is_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let sre = hire(&world.admin, &world.anonymous, "sven", &["SRE"]).await?;
    let gateway = Gateway::of_run()?;
    let matching = json!({"verb": "create", "resource": "namespaces", "name": world.namespace_name});
    let fault = gateway.fault(matching, json!({"kind": "status", "status": 503}), None).await?;
    let ticket = approved(&world).await?;
    let sql = world.sql().await?;
    // Ten minutes pass: the step has failed for longer than that.
    let earlier = "update ticket_steps set failing_since = now() - interval '601 seconds' \
        where ticket_id = $1::text::uuid and state = 'RETRYING'";
    until("the first failure", async || Ok((sql.execute(earlier, &[&ticket]).await? == 1).then_some(()))).await?;

    let parked = in_run_state(&world, &ticket, "PARKED").await?;
    assert_eq!((&parked["state"], &parked["fault"]["code"]), (&json!("EXECUTING"), &json!("CLUSTER_UNHEALTHY")));
    let waiting = step(&parked, "ensure_namespace");
    assert_eq!(waiting["fault"]["code"], "CLUSTER_UNHEALTHY", "{parked}");
    for person in [&sre, &world.requester] {
        assert_eq!(told(person, "TICKET_PARKED").await?, 1);
    }
    gateway.heal(&fault).await?;
    let done = world.ticket_in(&ticket, &["SUCCESS"]).await?;
    assert!(done["fault"].is_null() && step(&done, "ensure_namespace")["fault"].is_null(), "{done}");
    let story = world.story(&ticket).await?;
    let acts: Vec<_> = story.iter().filter(|act| act.contains(".park:") || act.contains(".resume:")).collect();
    assert_eq!(acts, ["execution.park:SUCCEEDED", "execution.resume:SUCCEEDED"], "{story:?}");
    Ok(())
}

#[tokio::test]
async fn a_refused_undo_calls_the_operators_and_each_other_refusal_calls_them_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let sre = hire(&world.admin, &world.anonymous, "sven", &["SRE"]).await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "reject").await?;
    let message = "namespaces is forbidden: User \"worker\" cannot delete resource \"namespaces\" in API group \"\"";
    let refusal = json!({"kind": "status", "status": 403, "reason": "Forbidden", "message": message});
    let matching = json!({"verb": "delete", "resource": "namespaces", "name": world.namespace_name});
    Gateway::of_run()?.fault(matching, refusal, None).await?;
    let ticket = approved(&world).await?;

    let waiting = in_run_state(&world, &ticket, "NEEDS_OPERATOR").await?;
    assert_eq!(waiting["fault"]["code"], "NAMESPACE_PERMISSION_DENIED", "{waiting}");
    for person in [&sre, &world.requester] {
        assert_eq!(told(person, "TICKET_NEEDS_OPERATOR").await?, 1);
    }
    assert_eq!(told(&world.approver, "TICKET_NEEDS_OPERATOR").await?, 0, "approvers cannot help");

    // The next tries are five minutes apart; the worker notes them so.
    let store = Store::new(&world.database.worker_url()?, Pools::default())?;
    let tenant = "select tenant_id::text from tickets where id = $1::text::uuid";
    let tenant: String = world.sql().await?.query_one(tenant, &[&ticket]).await?.get(0);
    let ctx = Ctx::system(TenantId(tenant.parse()?), RequestId(Uuid::now_v7()), Run::default());
    let (id, other) = (TicketId(ticket.parse()?), json!({"code": "VM_STILL_PRESENT", "message": "left behind: x"}));
    for (fault, notices) in [(waiting["fault"].clone(), 1), (other.clone(), 2), (other, 2)] {
        store.ticket_run_state(&ctx, id, RunState::NeedsOperator, Some(fault)).await?;
        assert_eq!(told(&sre, "TICKET_NEEDS_OPERATOR").await?, notices);
    }
    let calls = world.story(&ticket).await?.iter().filter(|act| act.contains("needs_operator")).count();
    assert_eq!(calls, 2);
    Ok(())
}

#[tokio::test]
async fn an_undo_leaves_a_namespace_that_another_approved_ticket_uses() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "never_ready").await?;
    let first = approved(&world).await?;
    let second = approved(&world).await?;
    for ticket in [&first, &second] {
        until("the wait for ready", async || {
            let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
            Ok((step(&seen, "await_vm_ready")["state"] == "RUNNING").then_some(()))
        })
        .await?;
    }
    let reason = json!({"reason": "one is enough"});
    // Either may have made the namespace; the other needs it.
    for (ticket, removal) in [(&first, "IN_USE"), (&second, "")] {
        world.requester.post(&format!("/tickets/{ticket}/abandon"), &reason).await?.expect(202)?;
        let ended = world.ticket_in(ticket, &["FAILED"]).await?;
        let undone = step(&ended, "remove_namespace");
        assert_eq!(undone["state"], "DONE", "{ended}");
        if !removal.is_empty() {
            assert_eq!(undone["detail"]["removal"], removal, "{ended}");
            assert!(!cluster.of_ticket(&second).await?.is_empty(), "the other's machine went with it");
        }
    }
    let left = cluster.of_ticket(&first).await?;
    assert!(left.iter().all(|object| object.starts_with("Namespace ")), "{left:?}");
    nothing_is_left(&cluster, &second).await
}

#[tokio::test]
async fn a_vm_that_failed_keeps_its_reason_when_the_watch_sees_it_go() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, "crash_after_start").await?;
    let failed = approved(&world).await?;
    let failed = world.ticket_in(&failed, &["FAILED"]).await?;
    let path = format!("/vms/{}", text(&failed, "vm_id")?);
    // A new watch lists all machines and misses the one that went; what it shows of a later one, it saw afterwards.
    world.kill_worker().await?;
    world.start_worker().await?;
    cluster.behave(&world.namespace_name, "slow").await?;
    let later = approved(&world).await?;
    let later = world.ticket_in(&later, &["SUCCESS"]).await?;
    let (id, name) = (text(&later, "vm_id")?, text(&later, "vm_name")?);
    cluster.halt(&world.namespace_name, name).await?;
    until("the later machine to be shown as stopped", async || {
        let seen = world.requester.get(&format!("/vms/{id}")).await?.expect(200)?;
        Ok((seen["state"] == "STOPPED").then_some(()))
    })
    .await?;
    let vm = world.requester.get(&path).await?.expect(200)?;
    assert_eq!((&vm["state"], &vm["state_reason"]), (&json!("FAILED"), &json!("VM_START_FAILED")), "{vm}");
    Ok(())
}
