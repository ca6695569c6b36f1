//! A VM's row follows the cluster.

use shepherd_tests::client::text;
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
