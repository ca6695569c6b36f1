//! A VM's row follows the cluster.

use serde_json::json;
use shepherd_tests::client::text;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World, until};

use super::approved;

#[tokio::test]
async fn a_vm_that_is_stopped_or_deleted_on_the_cluster_is_shown_so() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    let ticket = approved(&world).await?;
    let done = world.ticket_in(&ticket, &["SUCCESS"]).await?;
    let (path, name) = (format!("/vms/{}", text(&done, "vm_id")?), text(&done, "vm_name")?);
    let shown = async |state: &str| {
        until(state, async || Ok((world.requester.get(&path).await?.expect(200)?["state"] == state).then_some(())))
            .await
    };
    shown("RUNNING").await?;
    cluster.halt(&world.namespace_name, name).await?;
    shown("STOPPED").await?;
    cluster.delete(&world.namespace_name, name).await?;
    shown("NOT_FOUND").await
}

#[tokio::test]
async fn a_watch_that_lost_its_place_shows_what_changed_meanwhile() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let (cluster, gateway) = (Kubernetes::of_run().await?, Gateway::of_run()?);
    let mut vms = Vec::new();
    for _ in 0..2 {
        let done = world.ticket_in(&approved(&world).await?, &["SUCCESS"]).await?;
        vms.push((format!("/vms/{}", text(&done, "vm_id")?), text(&done, "vm_name")?.to_owned()));
    }
    world.kill_worker().await?;
    // The watch of all machines of a cluster; those of single runs go on.
    let all = json!({"verb": "watch", "path_regex": "^/apis/kubevirt.io/v1/virtualmachines$"});
    let forgotten = json!({"kind": "expired", "in_stream": true, "after_ms": 300});
    let forgotten = gateway.fault(all.clone(), forgotten, None).await?;
    let away = gateway.fault(all, json!({"kind": "status", "status": 503}), None).await?;
    world.start_worker().await?;
    let watching = async |status: &str| {
        until("the watch", async || {
            let (_, report) = world.worker_health().await?;
            Ok((report["checks"]["cluster local"]["status"] == status).then_some(()))
        })
        .await
    };
    watching("ok").await?;
    gateway.heal(&forgotten).await?;
    watching("unavailable").await?;
    cluster.halt(&world.namespace_name, &vms[0].1).await?;
    cluster.delete(&world.namespace_name, &vms[1].1).await?;
    until("the machine to go", async || {
        Ok(cluster.vms(&world.namespace_name).get_opt(&vms[1].1).await?.is_none().then_some(()))
    })
    .await?;
    gateway.heal(&away).await?;
    for ((path, _), state) in vms.iter().zip(["STOPPED", "NOT_FOUND"]) {
        until(state, async || Ok((world.requester.get(path).await?.expect(200)?["state"] == state).then_some(())))
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn machines_that_start_together_all_show_address_and_node() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut tickets = Vec::new();
    for _ in 0..6 {
        tickets.push(approved(&world).await?);
    }
    for ticket in &tickets {
        let vm = world.ticket_in(ticket, &["SUCCESS"]).await?["vm_id"].clone();
        let path = format!("/vms/{}", vm.as_str().unwrap_or_default());
        until("address and node", async || {
            let seen = world.requester.get(&path).await?.expect(200)?;
            Ok((seen["state"] == "RUNNING" && seen["guest_ip"].is_string() && seen["node"].is_string()).then_some(()))
        })
        .await?;
    }
    Ok(())
}
