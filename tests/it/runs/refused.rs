//! The cluster says no for good: the ticket says which no and why, and nothing is left behind.

use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::{Kubernetes, World};

use super::{approved, nothing_is_left, step};

/// A ticket that fails in `at` with `code`, in words that contain `words`, and leaves nothing.
async fn fails(world: &World, cluster: &Kubernetes, ticket: &str, at: &str, why: (&str, &str)) -> anyhow::Result<()> {
    let (code, words) = why;
    let ended = world.ticket_in(ticket, &["FAILED"]).await?;
    assert_eq!(ended["fault"]["code"], code, "{ended}");
    assert!(text(&ended["fault"], "message")?.contains(words), "{ended}");
    let failed = step(&ended, at);
    assert_eq!((&failed["state"], &failed["fault"]["code"]), (&json!("FAILED"), &json!(code)));
    let story = world.story(ticket).await?;
    for act in ["execution.undo", "execution.failure"] {
        assert!(story.iter().any(|told| told.starts_with(act)), "{act} in {story:?}");
    }
    nothing_is_left(cluster, ticket).await
}

/// A world whose machines the played KubeVirt treats in that way, and its approved ticket.
async fn treated(behaviour: &str) -> anyhow::Result<(World, Kubernetes, String)> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.behave(&world.namespace_name, behaviour).await?;
    let ticket = approved(&world).await?;
    Ok((world, cluster, ticket))
}

#[tokio::test]
async fn a_name_that_a_stranger_has_taken_fails_the_ticket_and_the_stranger_stays() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    let ticket = world.submit().await?;
    let seen = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
    let name = text(&seen, "vm_name")?;
    cluster.namespace(&world.namespace_name).await?;
    let uid = cluster.strangers_vm(&world.namespace_name, name).await?;
    world.approve(&ticket).await?;
    fails(&world, &cluster, &ticket, "apply_vm", ("OBJECT_NOT_OURS", "")).await?;
    let after = cluster.vms(&world.namespace_name).get(name).await?;
    assert_eq!((after.metadata.uid, after.metadata.deletion_timestamp), (uid, None));
    Ok(())
}

#[tokio::test]
async fn a_quota_of_the_cluster_fails_the_ticket_in_its_own_words() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.namespace(&world.namespace_name).await?;
    cluster.forbid_vms(&world.namespace_name).await?;
    let ticket = approved(&world).await?;
    fails(&world, &cluster, &ticket, "apply_vm", ("CLUSTER_QUOTA_EXCEEDED", "exceeded quota: none")).await
}

#[tokio::test]
async fn a_denial_of_admission_takes_the_new_namespace_back() -> anyhow::Result<()> {
    let (world, cluster, ticket) = treated("reject").await?;
    fails(&world, &cluster, &ticket, "apply_vm", ("ADMISSION_DENIED", "not on my watch")).await
}

#[tokio::test]
async fn a_vm_that_crashes_is_taken_back_with_its_namespace() -> anyhow::Result<()> {
    let (world, cluster, ticket) = treated("crash_after_start").await?;
    fails(&world, &cluster, &ticket, "await_vm_ready", ("VM_START_FAILED", "CrashLoopBackOff")).await
}

#[tokio::test]
async fn a_disk_that_cannot_be_imported_takes_everything_back() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    let template = json!({
        "name": "imported", "display_name": "Imported",
        "boot_source": {"kind": "cdi_import", "url": "https://images.example.org/disk.qcow2"},
    });
    let made: Value = world.admin.post("/templates", &template).await?.expect(201)?;
    world.template = text(&made, "id")?.to_owned();
    world.admin.post(&format!("/templates/{}/activate", world.template), &json!({})).await?.expect(200)?;
    cluster.behave(&world.namespace_name, "import_failure").await?;
    let ticket = approved(&world).await?;
    fails(&world, &cluster, &ticket, "await_vm_ready", ("VM_START_FAILED", "DataVolumeError")).await
}

#[tokio::test]
async fn a_missing_right_on_namespaces_fails_the_ticket() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    let message = "namespaces is forbidden: User \"worker\" cannot create resource \"namespaces\" in API group \"\" \
        at the cluster scope";
    let refusal = json!({"kind": "status", "status": 403, "reason": "Forbidden", "message": message});
    let matching = json!({"verb": "create", "resource": "namespaces", "name": world.namespace_name});
    Gateway::of_run()?.fault(matching, refusal, None).await?;
    let ticket = approved(&world).await?;
    fails(&world, &cluster, &ticket, "ensure_namespace", ("NAMESPACE_PERMISSION_DENIED", "cannot create")).await
}
