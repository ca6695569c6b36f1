//! awa on the common task. The decision adds the first step's job in its transaction; each step adds the next one's in
//! the transaction of its own row.
//!
//! awa completes a job after the handler's transaction, so a crash in between runs a step again: a step first looks
//! whether its row is there, as awa's guide asks of every handler.

use anyhow::Context as _;
use awa::{Client, InsertOpts, JobArgs, JobError, JobResult, QueueConfig, insert_with};
use clap::Parser;
use serde::{Deserialize, Serialize};
use shepherd_peers::ledger::{connect, make_tables};
use shepherd_peers::{Arguments, Done, Peer, STEPS, measure};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const QUEUE: &str = "steps";
const CONNECTIONS: u32 = 40;

#[derive(Serialize, Deserialize, JobArgs)]
struct Step {
    request: Uuid,
    number: i32,
}

struct Awa {
    pool: PgPool,
    body: serde_json::Value,
}

impl Peer for Awa {
    type Session = ();

    async fn session(&self) -> anyhow::Result<()> {
        Ok(())
    }

    async fn submit(&self, _: &mut (), id: Uuid) -> anyhow::Result<()> {
        let mut transaction = self.pool.begin().await?;
        let insert = sqlx::query("insert into requests (id, state, body) values ($1, 'PENDING', $2)");
        insert.bind(id).bind(&self.body).execute(&mut *transaction).await?;
        audit(&mut transaction, id, "submitted").await?;
        Ok(transaction.commit().await?)
    }

    async fn decide(&self, _: &mut (), id: Uuid) -> anyhow::Result<()> {
        let mut transaction = self.pool.begin().await?;
        let update = sqlx::query(
            "update requests set state = 'APPROVED', decided_at = clock_timestamp() where id = $1 and state = 'PENDING'",
        );
        let updated = update.bind(id).execute(&mut *transaction).await?;
        anyhow::ensure!(updated.rows_affected() == 1, "request {id} is not pending");
        audit(&mut transaction, id, "approved").await?;
        enqueue(&mut transaction, Step { request: id, number: 1 }).await?;
        Ok(transaction.commit().await?)
    }
}

async fn audit(connection: &mut PgConnection, id: Uuid, action: &str) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("insert into audit (request_id, action) values ($1, $2)");
    insert.bind(id).bind(action).execute(connection).await.map(drop)
}

async fn enqueue(connection: &mut PgConnection, step: Step) -> anyhow::Result<()> {
    let options = InsertOpts { queue: QUEUE.to_owned(), ..Default::default() };
    insert_with(connection, &step, options).await.context("enqueue")?;
    Ok(())
}

/// One step, unless an earlier run of the job has done it.
async fn perform(pool: &PgPool, Step { request, number }: Step) -> anyhow::Result<()> {
    let action = format!("step_{number}");
    let mut transaction = pool.begin().await?;
    let known = sqlx::query_scalar("select exists (select from audit where request_id = $1 and action = $2)");
    if known.bind(request).bind(&action).fetch_one(&mut *transaction).await? {
        return Ok(());
    }
    audit(&mut transaction, request, &action).await?;
    if number == STEPS {
        let end = sqlx::query("update requests set state = 'SUCCESS', finished_at = clock_timestamp() where id = $1");
        end.bind(request).execute(&mut *transaction).await?;
    } else {
        enqueue(&mut transaction, Step { request, number: number + 1 }).await?;
    }
    Ok(transaction.commit().await?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    make_tables(&connect(&arguments.database_url).await?).await?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&arguments.database_url).await?;
    awa::migrations::run(&pool).await.context("tables of awa")?;
    let done = Done::default();
    let (for_steps, told) = (pool.clone(), done.clone());
    let worker = Client::builder(pool.clone())
        .queue(QUEUE, QueueConfig::default())
        .register::<Step, _, _>(move |step, _| {
            let (pool, done) = (for_steps.clone(), told.clone());
            async move {
                let (request, number) = (step.request, step.number);
                perform(&pool, step).await.map_err(|error| JobError::retryable_msg(format!("{error:#}")))?;
                if number == STEPS {
                    done.tell(request);
                }
                Ok(JobResult::Completed)
            }
        })
        .build()?;
    worker.start().await?;
    let body = serde_json::from_str(include_str!("../../body.json"))?;
    let report = measure("awa", Arc::new(Awa { pool, body }), done, &arguments).await?;
    worker.shutdown(Duration::from_secs(5)).await;
    report.print()
}
