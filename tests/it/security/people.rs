//! People whose name stands on something.

use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::client::text;
use shepherd_tests::people::{Person, hire};

async fn remove(world: &World, person: &Person) -> anyhow::Result<shepherd_tests::Answer> {
    world.admin.delete(&format!("/users/{}", person.id)).await
}

#[tokio::test]
async fn who_has_made_or_granted_something_is_not_deleted() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut makers = Vec::new();
    for name in ["system", "namespace", "role_binding", "user", "nothing"] {
        makers.push(hire(&world.admin, &world.anonymous, &format!("{}x", &name[..4]), &["TenantAdmin"]).await?);
    }
    let binding = json!({"principal_id": world.requester.id, "role": "Viewer"});
    makers[0].post("/systems", &json!({"name": "made"})).await?.expect(201)?;
    makers[1].post("/namespaces", &json!({"name": "made", "environment": "test"})).await?.expect(201)?;
    makers[2].post("/role-bindings", &binding).await?.expect(201)?;
    hire(&makers[3], &world.anonymous, "nina", &[]).await?;
    for (maker, child) in makers.iter().zip(["system", "namespace", "role_binding", "user"]) {
        let params = remove(&world, maker).await?.problem(409, "DELETE_RESTRICTED")?;
        assert_eq!(params, json!({"entity": "user", "child": child, "count": 1}));
        let still = world.admin.get(&format!("/users/{}", maker.id)).await?.expect(200)?;
        assert_eq!(text(&still, "id")?, maker.id);
    }
    remove(&world, &makers[4]).await?.expect(204)?;
    world.submit().await?;
    // The System that the ticket stands on counts as well; whichever is told, the person stays.
    remove(&world, &world.requester).await?.problem(409, "DELETE_RESTRICTED")?;
    Ok(())
}
