//! Templates: what may stand in them, and who sees it.

use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::{Answer, World};

async fn create(world: &World, changes: Value) -> anyhow::Result<Answer> {
    let image = json!({"kind": "container_disk", "image": "quay.io/containerdisks/fedora:latest"});
    let mut body = json!({"name": "tried", "display_name": "Tried", "boot_source": image});
    for (name, value) in changes.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    world.admin.post("/templates", &body).await
}

#[tokio::test]
async fn sources_that_nobody_can_or_should_fetch_are_refused() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    for image in ["http://x/y", "docker://x", "-x", "../x", "$(id)", "UPPER/x", "x@sha256:zz", &"x".repeat(600)] {
        let source = json!({"kind": "container_disk", "image": image});
        let refused = create(&world, json!({"boot_source": source})).await?;
        assert_eq!(refused.body["errors"][0]["pointer"], "/boot_source/image", "{image}");
        refused.problem(422, "VALIDATION_FAILED")?;
    }
    let table = [
        ("http://169.254.169.254/latest/meta-data", "scheme"),
        ("https://169.254.169.254/latest/meta-data", "local_address"),
        ("https://localhost/x", "local_address"),
        ("https://[fe80::1]/x", "local_address"),
        ("https://x/y?token=secret", "credentials"),
        ("https://me:secret@x/y", "credentials"),
        ("https://x/y#z", "fragment"),
    ];
    for (url, rule) in table {
        let refused = create(&world, json!({"boot_source": {"kind": "cdi_import", "url": url}})).await?;
        assert_eq!(refused.body["errors"][0]["params"]["rule"], rule, "{url}");
        refused.problem(422, "VALIDATION_FAILED")?;
    }
    let good = json!({"kind": "cdi_import", "url": "https://images.example.org/disk.qcow2?arch=x86_64"});
    create(&world, json!({"boot_source": good})).await?.expect(201)?;
    Ok(())
}

#[tokio::test]
async fn cloud_init_is_shown_to_those_who_manage_templates_or_decide() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let path = format!("/templates/{}", world.template);
    for (who, shown) in [(&world.requester, Value::Null), (&world.approver, json!("#cloud-config\n"))] {
        let list = who.get("/templates").await?.expect(200)?;
        assert_eq!(list["items"][0]["cloud_init"], shown);
        assert_eq!(who.get(&path).await?.expect(200)?["cloud_init"], shown);
    }
    let whole = world.admin.get(&path).await?.expect(200)?;
    assert_eq!(text(&whole, "cloud_init")?, "#cloud-config\n");
    Ok(())
}
