//! Every operation, as nobody and as somebody without a role.

use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::contract::operations;
use shepherd_tests::people::hire;
use uuid::Uuid;

use super::bodies::{Calls, call, code};

/// Lists that show what the caller may see, which is nothing for somebody without a role. It only gets shorter.
const FILTERED: [&str; 1] = ["tickets_list"];
/// Looks something up by an id in the body first. It only gets shorter.
const LOOKS_UP: [&str; 1] = ["service_create"];

#[tokio::test]
async fn every_operation_refuses_nobody() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let mut walked = 0;
    for operation in operations()?.iter().filter(|operation| operation.permission != "public") {
        let body = operation.takes_body.then(|| json!({}));
        let answer = call(&world.anonymous, operation, &Uuid::new_v4().to_string(), body).await?;
        let found = (answer.status.as_u16(), code(&answer).to_owned());
        assert_eq!(found, (401, "UNAUTHENTICATED".to_owned()), "{}", operation.id);
        answer.problem(401, "UNAUTHENTICATED")?;
        walked += 1;
    }
    assert!(walked > 60, "only {walked} operations need somebody");
    Ok(())
}

#[tokio::test]
async fn every_operation_refuses_the_wrong_role() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let nora = hire(&world.admin, &world.anonymous, "nora", &[]).await?;
    let mut wrong = Vec::new();
    for operation in operations()?.iter().filter(|o| !["public", "session"].contains(&o.permission.as_str())) {
        let answer = call(&nora, operation, &calls.id(operation), calls.body(&operation.id)).await?;
        let found = (answer.status.as_u16(), code(&answer));
        let empty = FILTERED.contains(&operation.id.as_str())
            && answer.status.as_u16() == 200
            && answer.body["items"] == json!([]);
        let looks_up = operation.path.contains("{id}") || LOOKS_UP.contains(&operation.id.as_str());
        let lookup = looks_up && [(404, "NOT_FOUND"), (404, "VM_NOT_FOUND")].contains(&found);
        if !empty && !lookup && found != (403, "PERMISSION_DENIED") {
            wrong.push(format!("{}: {found:?} {}", operation.id, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
