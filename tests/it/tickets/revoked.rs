//! Rights that end between the look at a request and the decision.

use anyhow::Context as _;
use serde_json::{Value, json};
use shepherd_tests::World;
use shepherd_tests::client::text;
use shepherd_tests::people::Person;

/// Takes every role of a person away.
async fn revoke(world: &World, person: &Person) -> anyhow::Result<()> {
    let bindings = world.admin.get("/role-bindings?per_page=100").await?.expect(200)?;
    let of_person = |binding: &&Value| binding["principal_id"] == person.id;
    for binding in bindings["items"].as_array().into_iter().flatten().filter(of_person) {
        world.admin.delete(&format!("/role-bindings/{}", text(binding, "id")?)).await?.expect(204)?;
    }
    Ok(())
}

#[tokio::test]
async fn who_loses_the_role_or_the_account_after_looking_does_not_decide() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let approval = json!({"cluster_id": world.cluster, "digest": world.digest(&ticket).await?});
    let path = format!("/tickets/{ticket}");
    revoke(&world, &world.approver).await?;
    // Without a role the ticket is nobody's business of theirs.
    world.approver.post(&format!("{path}/approve"), &approval).await?.problem(404, "NOT_FOUND")?;
    world.approver.post(&format!("{path}/reject"), &json!({"reason": "no"})).await?.problem(404, "NOT_FOUND")?;

    let disabled =
        world.admin.patch(&format!("/users/{}", world.second_approver.id), &json!({"enabled": false})).await?;
    disabled.expect(200).context("disable")?;
    world.second_approver.post(&format!("{path}/approve"), &approval).await?.problem(401, "SESSION_REVOKED")?;

    let seen = world.requester.get(&path).await?.expect(200)?;
    assert_eq!((&seen["state"], &seen["approval"]["decided_by"]), (&json!("PENDING"), &Value::Null));
    Ok(())
}
