//! F3: `shepherd-bench-floor`, a process of its own like the server.

use anyhow::Result;
use shepherd_tests::client::text;
use shepherd_tests::process::Process;

use crate::http::Connection;
use crate::load::Caller;

/// The running floor.
pub(crate) struct Bare {
    _process: Process,
    url: String,
}

impl Bare {
    /// Starts it on a database, past row-level security.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(crate) async fn start(database_url: &str) -> Result<Self> {
        let environment = [("DATABASE_URL", database_url.to_owned())];
        let mut process = Process::start("shepherd-bench-floor", &[], &environment)?;
        let ready = process.event("ready").await?;
        Ok(Self { url: text(&ready, "url")?.to_owned(), _process: process })
    }

    /// So many who post the same body to a path, each on a connection of their own.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn posters(&self, n: usize, path: &'static str, body: &str) -> Result<Vec<Poster>> {
        let mut posters = Vec::new();
        for _ in 0..n {
            let connection = Connection::open(&self.url, None).await?;
            posters.push(Poster { connection, path, body: body.to_owned() });
        }
        Ok(posters)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Somebody who posts the same again and again.
pub(crate) struct Poster {
    connection: Connection,
    path: &'static str,
    body: String,
}

impl Caller for Poster {
    async fn call(&mut self) -> Result<u16> {
        Ok(self.connection.post(self.path, None, self.body.clone()).await?.status)
    }
}

/// Somebody who reads one path after the other, round and round.
pub(crate) struct Reader {
    connection: Connection,
    paths: Vec<String>,
    n: usize,
}

impl Reader {
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn open(base: &str, token: Option<&str>, paths: &[String], first: usize) -> Result<Self> {
        anyhow::ensure!(!paths.is_empty(), "nothing to read");
        Ok(Self { connection: Connection::open(base, token).await?, paths: paths.to_vec(), n: first })
    }
}

impl Caller for Reader {
    async fn call(&mut self) -> Result<u16> {
        self.n += 1;
        let answer = self.connection.get(&self.paths[self.n % self.paths.len()]).await?;
        Ok(answer.status)
    }
}
