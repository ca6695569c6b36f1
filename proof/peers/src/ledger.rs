//! The rows of the common task, the same statements for every peer that speaks through this crate.

use anyhow::Context as _;
use tokio_postgres::{Client, GenericClient, NoTls, Statement};
use uuid::Uuid;

use crate::STEPS;

const BODY: &str = include_str!("../body.json");

/// Connects and drives the connection in the background.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connect to PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// Makes the tables.
///
/// # Errors
/// When they are there already: a peer wants an empty database.
pub async fn make_tables(client: &Client) -> anyhow::Result<()> {
    Ok(client.batch_execute(include_str!("../task.sql")).await?)
}

/// Statements of one connection, prepared once. Each belongs into a transaction with what the engine writes.
pub struct Ledger {
    submit: Statement,
    decide: Statement,
    end: Statement,
    audit: Statement,
}

impl Ledger {
    /// Prepares them.
    ///
    /// # Errors
    /// When the tables are missing.
    pub async fn prepare(client: &Client) -> anyhow::Result<Self> {
        let submit = "insert into requests (id, state, body) values ($1::text::uuid, 'PENDING', $2::text::jsonb)";
        let decide = "update requests set state = 'APPROVED', decided_at = clock_timestamp() \
                      where id = $1::text::uuid and state = 'PENDING'";
        let end = "update requests set state = 'SUCCESS', finished_at = clock_timestamp() where id = $1::text::uuid";
        let audit = "insert into audit (request_id, action) values ($1::text::uuid, $2)";
        Ok(Self {
            submit: client.prepare(submit).await?,
            decide: client.prepare(decide).await?,
            end: client.prepare(end).await?,
            audit: client.prepare(audit).await?,
        })
    }

    /// A request and its audit row.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn submit(&self, client: &impl GenericClient, id: Uuid) -> anyhow::Result<()> {
        client.execute(&self.submit, &[&id.to_string(), &BODY]).await?;
        self.audit(client, id, "submitted").await
    }

    /// Its approval and the audit row.
    ///
    /// # Errors
    /// Those of the database, and when it is not pending.
    pub async fn decide(&self, client: &impl GenericClient, id: Uuid) -> anyhow::Result<()> {
        anyhow::ensure!(client.execute(&self.decide, &[&id.to_string()]).await? == 1, "request {id} is not pending");
        self.audit(client, id, "approved").await
    }

    /// A step's audit row; the last step ends the request.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn step(&self, client: &impl GenericClient, id: Uuid, number: i32) -> anyhow::Result<()> {
        self.audit(client, id, &format!("step_{number}")).await?;
        if number == STEPS {
            client.execute(&self.end, &[&id.to_string()]).await?;
        }
        Ok(())
    }

    async fn audit(&self, client: &impl GenericClient, id: Uuid, action: &str) -> anyhow::Result<()> {
        client.execute(&self.audit, &[&id.to_string(), &action]).await?;
        Ok(())
    }
}

/// Lost requests, doubled actions and the times from decision to end, of so many acknowledged requests.
///
/// # Errors
/// Those of the database.
pub async fn check(client: &Client, n_acknowledged: i64) -> anyhow::Result<(i64, i64, Vec<u64>)> {
    let row = client.query_one(include_str!("../check.sql"), &[&n_acknowledged]).await?;
    let done: Vec<i64> = row.get("done_us");
    Ok((row.get("lost"), row.get("doubled"), done.into_iter().map(i64::unsigned_abs).collect()))
}
