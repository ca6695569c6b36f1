//! Secrets of the installation: from the environment, else generated once and kept.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;

use crate::connection::Store;
use crate::error::{Error, Result};
use crate::schema::system_secrets;
use crate::seal::Key;

/// Name of a generated secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretName {
    EncryptionKey,
    SessionSecret,
}

impl SecretName {
    fn as_str(self) -> &'static str {
        match self {
            Self::EncryptionKey => "ENCRYPTION_KEY",
            Self::SessionSecret => "SESSION_SECRET",
        }
    }
}

impl Store {
    /// The secret of that name: `given`, else the stored one, else a new one that is stored. Two processes that
    /// start together agree, because only the first insert counts.
    ///
    /// # Errors
    /// Those of the database; `Stored` for a value that is no key.
    pub async fn secret(&self, name: SecretName, given: Option<&str>) -> Result<Key> {
        if let Some(text) = given {
            return Key::parse(text);
        }
        let first =
            sql_query("insert into system_secrets (key_name, key_value) values ($1, $2) on conflict do nothing")
                .bind::<Text, _>(name.as_str())
                .bind::<Text, _>(Key::generate());
        self.alone(|conn| first.execute(conn).boxed()).await?;
        Key::parse(&self.stored(name).await?.ok_or_else(|| Error::Stored("secret is gone".to_owned()))?)
    }

    /// The secret of that name, if the server has made or been given one already; for the worker.
    ///
    /// # Errors
    /// As [`secret`](Self::secret).
    pub async fn existing_secret(&self, name: SecretName, given: Option<&str>) -> Result<Option<Key>> {
        if let Some(text) = given {
            return Key::parse(text).map(Some);
        }
        self.stored(name).await?.map(|text| Key::parse(&text)).transpose()
    }

    async fn stored(&self, name: SecretName) -> Result<Option<String>> {
        let query =
            system_secrets::table.filter(system_secrets::key_name.eq(name.as_str())).select(system_secrets::key_value);
        let rows: Vec<String> = self.alone(|conn| query.load(conn).boxed()).await?;
        Ok(rows.into_iter().next())
    }
}
