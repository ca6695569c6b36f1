//! Templates: what may stand in them, and who sees it.

use serde_json::{Value, json};
use shepherd_tests::World;
use shepherd_tests::client::text;

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
