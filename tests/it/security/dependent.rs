//! Somebody who owes an account to the requester is no second person.

use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::people::{Person, hire, sign_in};
use shepherd_tests::{Answer, World};

const FIRST: &str = "only for the first day 99";
const OWN: &str = "plum orchard 4711 rain";

/// A requester who also makes accounts and hands out roles.
async fn head_of_security(world: &World) -> anyhow::Result<Person> {
    hire(&world.admin, &world.anonymous, "selma", &["SecurityAdmin", "Operator"]).await
}

async fn submit(world: &World, who: &Person) -> anyhow::Result<String> {
    Ok(text(&who.post("/tickets", &world.request()).await?.expect(202)?, "id")?.to_owned())
}

async fn grant(who: &Person, to: &Person) -> anyhow::Result<()> {
    who.post("/role-bindings", &json!({"principal_id": to.id, "role": "Approver"})).await?.expect(201)?;
    Ok(())
}

/// Removes every binding that lets somebody decide.
async fn without_approvers(world: &World) -> anyhow::Result<()> {
    let bindings = world.admin.get("/role-bindings?per_page=100").await?.expect(200)?;
    for binding in bindings["items"].as_array().into_iter().flatten().filter(|b| b["role"] == "Approver") {
        world.admin.delete(&format!("/role-bindings/{}", text(binding, "id")?)).await?.expect(204)?;
    }
    Ok(())
}

async fn approve(world: &World, who: &Person, ticket: &str) -> anyhow::Result<Answer> {
    let body = json!({"cluster_id": world.cluster, "digest": world.digest(ticket).await?});
    who.post(&format!("/tickets/{ticket}/approve"), &body).await
}

/// Neither decision is theirs; the list of actions says so and the attempts are recorded.
async fn is_refused(world: &World, who: &Person, ticket: &str) -> anyhow::Result<()> {
    let rule = json!({"rule": "dependent_approver"});
    let before = world.story(ticket).await?;
    assert_eq!(approve(world, who, ticket).await?.problem(403, "TWO_PERSON_INTEGRITY")?, rule);
    let reject = who.post(&format!("/tickets/{ticket}/reject"), &json!({"reason": "no"})).await?;
    assert_eq!(reject.problem(403, "TWO_PERSON_INTEGRITY")?, rule);
    let shown = who.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
    let of = |action: &str| -> Value {
        let all = shown["allowed_actions"].as_array().into_iter().flatten();
        all.into_iter().find(|found| found["action"] == action).cloned().unwrap_or_default()
    };
    for action in ["approve", "reject"] {
        let found = of(action);
        assert_eq!((&found["allowed"], &found["reason"]), (&json!(false), &json!("TWO_PERSON_INTEGRITY")), "{shown}");
    }
    let story = world.story(ticket).await?;
    assert_eq!(story[before.len()..], ["approval.approve:REFUSED", "approval.reject:REFUSED"]);
    Ok(())
}

#[tokio::test]
async fn an_account_that_the_requester_made_does_not_decide() -> anyhow::Result<()> {
    let world = World::start().await?;
    let selma = head_of_security(&world).await?;
    let puppet = hire(&selma, &world.anonymous, "paula", &["Approver"]).await?;
    let ticket = submit(&world, &selma).await?;
    is_refused(&world, &puppet, &ticket).await
}

#[tokio::test]
async fn an_account_whose_password_the_requester_set_does_not_decide() -> anyhow::Result<()> {
    let world = World::start().await?;
    let selma = head_of_security(&world).await?;
    let taken = world.approver.clone();
    let path = format!("/users/{}/password", taken.id);
    let take_over = async |by: &Person| -> anyhow::Result<Person> {
        by.post(&path, &json!({"password": FIRST})).await?.expect(204)?;
        let client = sign_in(&world.anonymous, "anton", FIRST).await?;
        let change = json!({"current_password": FIRST, "new_password": OWN});
        client.post("/auth/password", &change).await?.expect(204)?;
        Ok(Person { client, ..taken.clone() })
    };
    let anton = take_over(&selma).await?;
    let ticket = submit(&world, &selma).await?;
    // The first approver's session ended with their password, so the second one looks.
    let preview = format!("/tickets/{ticket}/preview");
    let preview = world.second_approver.post(&preview, &json!({"cluster_id": world.cluster})).await?.expect(200)?;
    let body = json!({"cluster_id": world.cluster, "digest": preview["digest"]});
    let approve = format!("/tickets/{ticket}/approve");
    let params = anton.post(&approve, &body).await?.problem(403, "TWO_PERSON_INTEGRITY")?;
    assert_eq!(params["rule"], "dependent_approver");
    let anton = take_over(&world.admin).await?;
    anton.post(&approve, &body).await?.expect(202)?;
    Ok(())
}

#[tokio::test]
async fn a_role_that_only_the_requester_gave_does_not_decide() -> anyhow::Result<()> {
    let world = World::start().await?;
    let selma = head_of_security(&world).await?;
    let olaf = hire(&world.admin, &world.anonymous, "olaf", &[]).await?;
    grant(&selma, &olaf).await?;
    let ticket = submit(&world, &selma).await?;
    is_refused(&world, &olaf, &ticket).await?;
    // What Selma gave counts for what others ask.
    let other = world.submit().await?;
    approve(&world, &olaf, &other).await?.expect(202)?;
    let workspaces = world.admin.get("/workspaces").await?.expect(200)?;
    let binding = json!({"principal_id": olaf.id, "role": "Approver", "workspace_id": workspaces["items"][0]["id"]});
    world.admin.post("/role-bindings", &binding).await?.expect(201)?;
    approve(&world, &olaf, &ticket).await?.expect(202)?;
    Ok(())
}

#[tokio::test]
async fn who_may_not_decide_is_not_asked_and_does_not_count_as_an_approver() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let selma = head_of_security(&world).await?;
    let puppet = hire(&selma, &world.anonymous, "paula", &["Approver"]).await?;
    let asked = async |who: &Person| -> anyhow::Result<Value> {
        Ok(who.get("/notifications/unread-count").await?.expect(200)?["unread"].clone())
    };
    let ticket = submit(&world, &selma).await?;
    assert_eq!((asked(&puppet).await?, asked(&world.approver).await?), (json!(0), json!(1)));
    selma.post(&format!("/tickets/{ticket}/cancel"), &json!({})).await?.expect(200)?;
    without_approvers(&world).await?;
    grant(&selma, &puppet).await?;
    selma.post("/tickets", &world.request()).await?.problem(422, "NO_APPROVERS")?;
    // Somebody else may be decided on by the same person.
    world.requester.post("/tickets", &world.request()).await?.expect(202)?;
    assert_eq!(asked(&puppet).await?, json!(1));
    Ok(())
}
