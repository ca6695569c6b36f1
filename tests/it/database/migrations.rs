//! Up, down, up: the same schema, on the oldest and the newest PostgreSQL.

use anyhow::Context as _;
use shepherd_tests::database::Database;
use shepherd_tests::environment::variable;
use tokio::process::Command;

async fn round_trip(admin: &str, programs: &str) -> anyhow::Result<()> {
    let database = Database::empty(admin).await?;
    let url = database.owner_url()?;
    shepherd_store::migrate(&url).await?;
    let before = dump(programs, &url).await?;
    assert!(before.contains("CREATE TABLE public.tickets"));
    shepherd_store::migrate_down(&url).await?;
    let down = dump(programs, &url).await?;
    assert!(!down.contains("CREATE TABLE public.tickets"), "{down}");
    shepherd_store::migrate(&url).await?;
    assert_eq!(before, dump(programs, &url).await?);
    Ok(())
}

async fn dump(programs: &str, url: &str) -> anyhow::Result<String> {
    let output = Command::new(format!("{programs}/pg_dump")).args(["--schema-only", "--dbname", url]).output().await?;
    anyhow::ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).context("dump")?;
    // Newer releases guard their dumps with a random word.
    let lines = text.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn down_and_up_again_gives_the_same_schema_on_the_oldest_postgresql() -> anyhow::Result<()> {
    round_trip(&variable("SHEPHERD_TEST_ADMIN_URL")?, &variable("SHEPHERD_TEST_PG_BIN")?).await
}

#[tokio::test]
async fn down_and_up_again_gives_the_same_schema_on_the_newest_postgresql() -> anyhow::Result<()> {
    round_trip(&variable("SHEPHERD_TEST_PG18_ADMIN_URL")?, &variable("SHEPHERD_TEST_PG18_BIN")?).await
}
