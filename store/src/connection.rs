//! Connections to PostgreSQL.

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use std::time::Duration;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::wake::Wake;

/// How many connections, and how long a caller waits for one.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    pub size: usize,
    pub wait: Duration,
}

impl Default for Pools {
    fn default() -> Self {
        // Eight a core is where throughput stops growing when the database shares the machine.
        Self { size: 16, wait: Duration::from_secs(3) }
    }
}

/// The database of one process. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    url: String,
    wake: Wake,
}

impl Store {
    /// Makes a pool; connects to nothing yet. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL.
    pub fn new(url: &str, pools: Pools) -> Result<Self> {
        url.parse::<tokio_postgres::Config>().map_err(|error| Error::Unavailable(Box::new(error)))?;
        let mut config = ManagerConfig::default();
        // `Verified`, the default, costs a round trip and a commit at each checkout.
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(pools.size)
            .wait_timeout(Some(pools.wait))
            .create_timeout(Some(pools.wait))
            .runtime(deadpool_runtime())
            .build()
            .map_err(|error| Error::Unavailable(Box::new(error)))?;
        let wake = Wake::start(url.to_owned());
        Ok(Self { pool, url: url.to_owned(), wake })
    }

    /// Opens a business transaction. Sends nothing yet.
    pub(crate) async fn tx(&self, ctx: &Ctx) -> Result<Tx> {
        Ok(Tx::open(self.connection().await?, ctx, self.wake()))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `Unavailable` with the cause.
    pub async fn ping(&self) -> Result<()> {
        use diesel_async::RunQueryDsl;
        let mut conn = self.connection().await?;
        diesel::sql_query("select 1").execute(&mut conn).await?;
        Ok(())
    }

    pub(crate) async fn connection(&self) -> Result<Object<AsyncPgConnection>> {
        self.pool.get().await.map_err(|error| Error::Unavailable(Box::new(error)))
    }

    pub(crate) fn wake(&self) -> Wake {
        self.wake.clone()
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

fn deadpool_runtime() -> deadpool::Runtime {
    deadpool::Runtime::Tokio1
}
