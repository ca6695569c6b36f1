//! Connections to PostgreSQL.

use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AnsiTransactionManager, AsyncConnection as _, AsyncPgConnection, TransactionManager as _};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::wake::Wake;

/// How long PostgreSQL may take to answer what was sent together. The locks that our statements wait for are held for
/// milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for the question whether it is there.
const PING: Duration = Duration::from_secs(2);

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
    /// Makes a pool; connects to nothing yet. Must be called inside the tokio runtime that outlives all use of it:
    /// there the tasks live that drive the connections.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL.
    pub fn new(url: &str, pools: Pools) -> Result<Self> {
        url.parse::<tokio_postgres::Config>().map_err(|error| Error::Unavailable(Box::new(error)))?;
        let mut config = ManagerConfig::default();
        // `Verified`, the default, costs a round trip and a commit at each checkout.
        config.recycling_method = RecyclingMethod::Fast;
        let home = Handle::current();
        config.custom_setup = Box::new(move |url| establish(home.clone(), url.to_owned()).boxed());
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
        let end = Instant::now() + PING;
        let mut conn = timeout_at(end, self.connection()).await.unwrap_or_else(|_| Err(late(PING)))?;
        let answer = timeout_at(end, diesel::sql_query("select 1").execute(&mut conn)).await;
        let answer = answer.map_or_else(|_| Err(late(PING)), |done| Ok(done?));
        give_up_late(&mut conn, answer)?;
        Ok(())
    }

    /// Runs statements outside a business transaction: those about no tenant's data, which need no leaf.
    pub(crate) async fn alone<T>(
        &self,
        statements: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>>,
    ) -> Result<T> {
        let mut conn = self.connection().await?;
        let answer = in_time(statements(&mut conn)).await;
        give_up_late(&mut conn, answer)
    }

    pub(crate) async fn connection(&self) -> Result<Object<AsyncPgConnection>> {
        self.pool.get().await.map_err(|error| Error::Unavailable(Box::new(error)))
    }

    /// How many callers wait for a connection.
    pub fn n_waiting(&self) -> usize {
        self.pool.status().waiting
    }

    pub(crate) fn wake(&self) -> Wake {
        self.wake.clone()
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Connects, with the task that drives the connection in `home`. A thread that serves HTTP has a runtime of its own,
/// which ends as soon as that thread has nothing to do in a shutdown; a connection made there would then break under
/// the requests that other threads still answer.
async fn establish(home: Handle, url: String) -> ConnectionResult<AsyncPgConnection> {
    let task = home.spawn(async move { AsyncPgConnection::establish(&url).await });
    let made = AbortOnDropHandle::new(task).await;
    made.unwrap_or_else(|error| Err(ConnectionError::BadConnection(error.to_string())))
}

/// Waits for answers, but not for ever: a database that hangs must not hang its callers.
pub(crate) async fn in_time<T>(answers: impl Future<Output = QueryResult<T>>) -> Result<T> {
    match timeout(PATIENCE, answers).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(late(PATIENCE)),
    }
}

fn late(patience: Duration) -> Error {
    Error::Unavailable(format!("no answer within {} s", patience.as_secs()).into())
}

/// Keeps a connection that gave no answer from being used again.
pub(crate) fn give_up_late<T>(conn: &mut AsyncPgConnection, answer: Result<T>) -> Result<T> {
    if let Err(Error::Unavailable(_)) = &answer {
        AnsiTransactionManager::transaction_manager_status_mut(conn).set_in_error();
    }
    answer
}

fn deadpool_runtime() -> deadpool::Runtime {
    deadpool::Runtime::Tokio1
}
