//! Schema migrations, embedded. Only `shepherd-server migrate` runs them; servers never migrate by themselves.

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Brings the schema up to date as the owner and returns the versions that were applied.
///
/// # Errors
/// `Unavailable` when the database does not answer, `Stored` with the failed statement's words.
pub async fn migrate(owner_url: &str) -> Result<Vec<String>> {
    run(owner_url, |harness| {
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes every migration back. All data is lost; for tests of `down.sql`.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_down(owner_url: &str) -> Result<Vec<String>> {
    run(owner_url, |harness| {
        let reverted = harness.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(ToString::to_string).collect())
    })
    .await
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;
type Outcome = std::result::Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>>;

async fn run(url: &str, act: impl FnOnce(&mut Harness) -> Outcome + Send + 'static) -> Result<Vec<String>> {
    let conn = AsyncPgConnection::establish(url).await.map_err(|error| Error::Unavailable(Box::new(error)))?;
    let task = tokio::task::spawn_blocking(move || act(&mut AsyncMigrationHarness::new(conn)));
    let outcome = task.await.map_err(|error| Error::Stored(error.to_string()))?;
    outcome.map_err(|error| Error::Stored(format!("migration: {error}")))
}
