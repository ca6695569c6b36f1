//! Approving.

use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::people::hire;

#[tokio::test]
async fn nobody_approves_their_own_request_and_the_attempt_is_recorded() -> anyhow::Result<()> {
    let world = World::start().await?;
    let both = hire(&world.admin, &world.anonymous, "carla", &["Operator", "Approver"]).await?;
    let ticket =
        both.post("/tickets", &world.request()).await?.expect(202)?["id"].as_str().unwrap_or_default().to_owned();
    let body = json!({"cluster_id": world.cluster, "digest": world.digest(&ticket).await?});
    both.post(&format!("/tickets/{ticket}/approve"), &body).await?.problem(403, "TWO_PERSON_INTEGRITY")?;
    let reason = json!({"reason": "mine"});
    both.post(&format!("/tickets/{ticket}/reject"), &reason).await?.problem(403, "TWO_PERSON_INTEGRITY")?;
    let story = world.story(&ticket).await?;
    assert_eq!(story, ["vm.request:SUCCEEDED", "approval.approve:REFUSED", "approval.reject:REFUSED"]);
    Ok(())
}

#[tokio::test]
async fn an_approval_of_something_else_than_what_would_run_is_refused() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let seen = world.digest(&ticket).await?;
    let change = json!({"memory_mib": 2048});
    world.admin.patch(&format!("/instance-sizes/{}", world.instance_size), &change).await?.expect(200)?;
    let body = json!({"cluster_id": world.cluster, "digest": seen});
    let params = world.approver.post(&format!("/tickets/{ticket}/approve"), &body).await?;
    let params = params.problem(409, "APPROVAL_SNAPSHOT_MISMATCH")?;
    assert_eq!(params["present"], world.digest(&ticket).await?.as_str());
    world.approve(&ticket).await?;
    world.ticket_in(&ticket, &["SUCCESS"]).await?;
    Ok(())
}

#[tokio::test]
async fn a_changed_spec_needs_a_reason_and_is_what_runs() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let path = format!("/tickets/{ticket}/preview");
    let spec = json!({"cpu_cores": 2, "memory_mib": 3072, "disk_gib": 20});
    let sized = json!({"cluster_id": world.cluster, "modified_spec": spec});
    world.approver.post(&path, &sized).await?.problem(422, "DISK_NOT_SIZABLE")?;
    let spec = json!({"cpu_cores": 2, "memory_mib": 3072});
    let choice = json!({"cluster_id": world.cluster, "modified_spec": spec});
    let preview = world.approver.post(&path, &choice).await?.expect(200)?;
    let mut body = choice.clone();
    body["digest"] = preview["digest"].clone();
    let path = format!("/tickets/{ticket}/approve");
    world.approver.post(&path, &body).await?.problem(422, "VALIDATION_FAILED")?;
    body["modification_reason"] = json!("needs more memory");
    world.approver.post(&path, &body).await?.expect(202)?;
    let done = world.ticket_in(&ticket, &["SUCCESS"]).await?;
    assert_eq!(done["approval"]["manifest"], preview["manifest"]);
    assert_eq!(done["approval"]["manifest"]["spec"]["template"]["spec"]["domain"]["memory"]["guest"], "3072Mi");
    Ok(())
}

#[tokio::test]
async fn a_disk_is_the_approvers_or_the_requesters_or_the_default() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut body = world.request();
    body["template_id"] = json!(world.template_with_disk().await?);
    for (asked, approved, gib) in
        [(json!(null), json!(null), 10), (json!(20), json!(null), 20), (json!(20), json!(30), 30)]
    {
        body["disk_gib"] = asked;
        let ticket =
            world.requester.post("/tickets", &body).await?.expect(202)?["id"].as_str().unwrap_or_default().to_owned();
        let mut choice = json!({"cluster_id": world.cluster});
        if !approved.is_null() {
            choice["modified_spec"] = json!({"cpu_cores": 1, "memory_mib": 1024, "disk_gib": approved});
            choice["modification_reason"] = json!("more room");
        }
        let mut preview = choice.clone();
        preview.as_object_mut().map(|members| members.remove("modification_reason"));
        let preview = world.approver.post(&format!("/tickets/{ticket}/preview"), &preview).await?.expect(200)?;
        let storage =
            &preview["manifest"]["spec"]["dataVolumeTemplates"][0]["spec"]["storage"]["resources"]["requests"];
        assert_eq!(storage["storage"], format!("{gib}Gi"));
        choice["digest"] = preview["digest"].clone();
        world.approver.post(&format!("/tickets/{ticket}/approve"), &choice).await?.expect(202)?;
        world.ticket_in(&ticket, &["SUCCESS"]).await?;
        let list = world.requester.get("/tickets").await?.expect(200)?;
        assert_eq!(list["items"][0]["size"]["disk_gib"], gib);
    }
    Ok(())
}

#[tokio::test]
async fn a_cluster_of_the_other_environment_is_refused() -> anyhow::Result<()> {
    let world = World::start().await?;
    let namespace = json!({"name": format!("p{}", &world.namespace_name[1..]), "environment": "prod"});
    let namespace = world.admin.post("/namespaces", &namespace).await?.expect(201)?;
    let mut body = world.request();
    body["namespace_id"] = namespace["id"].clone();
    let ticket = world.requester.post("/tickets", &body).await?.expect(202)?;
    let path = format!("/tickets/{}/preview", ticket["id"].as_str().unwrap_or_default());
    let choice = json!({"cluster_id": world.cluster});
    world.approver.post(&path, &choice).await?.problem(422, "ENVIRONMENT_MISMATCH")?;
    Ok(())
}

#[tokio::test]
async fn what_was_disabled_since_the_request_is_refused_at_the_decision() -> anyhow::Result<()> {
    let world = World::start().await?;
    let ticket = world.submit().await?;
    let body = json!({"cluster_id": world.cluster, "digest": world.digest(&ticket).await?});
    let choice = json!({"cluster_id": world.cluster});
    let (preview, approve) = (format!("/tickets/{ticket}/preview"), format!("/tickets/{ticket}/approve"));
    let parts = [
        ("namespace", format!("/namespaces/{}", world.namespace)),
        ("instance_size", format!("/instance-sizes/{}", world.instance_size)),
        ("requester", format!("/users/{}", world.requester.id)),
    ];
    for (resource, path) in parts {
        world.admin.patch(&path, &json!({"enabled": false})).await?.expect(200)?;
        let disabled = json!({"resource": resource, "state": "disabled"});
        for (path, body) in [(&preview, &choice), (&approve, &body)] {
            let params = world.approver.post(path, body).await?.problem(422, "NOT_USABLE")?;
            assert_eq!(params, disabled, "{path}");
        }
        world.admin.patch(&path, &json!({"enabled": true})).await?.expect(200)?;
    }
    world.approver.post(&approve, &body).await?.expect(202)?;
    Ok(())
}
