//! Reference Shepherd: the write set that the design of KubeVirt Shepherd publishes, rebuilt. Ticket, event and audit
//! row in one transaction; the decision adds a job in its transaction; ten workers poll for jobs.

use anyhow::Context as _;
use clap::Parser;
use shepherd_peers::ledger::{Ledger, connect, make_tables};
use shepherd_peers::{Arguments, Done, Peer, STEPS, measure};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

const WORKERS: usize = 10;
/// Pause of a worker that found nothing: what the queue of the design waits at least between two looks.
const POLL: Duration = Duration::from_millis(100);
/// A job whose worker is silent for this long is somebody else's.
const LEASE: &str = "60 seconds";

const TABLES: &str = "
    create table events (
        id bigint generated always as identity primary key,
        request_id uuid not null references requests,
        kind text not null,
        payload jsonb not null,
        at timestamptz not null default clock_timestamp()
    );
    create table jobs (
        id bigint generated always as identity primary key,
        request_id uuid not null references requests,
        state text not null default 'available',
        step int not null default 0,
        attempts int not null default 0,
        leased_until timestamptz,
        created_at timestamptz not null default clock_timestamp()
    );
    create index jobs_open on jobs (id) where state <> 'completed';
";

struct Reference {
    url: String,
}

struct Session {
    client: Client,
    ledger: Ledger,
    event: Statement,
    job: Statement,
}

impl Peer for Reference {
    type Session = Session;

    async fn session(&self) -> anyhow::Result<Session> {
        let client = connect(&self.url).await?;
        let ledger = Ledger::prepare(&client).await?;
        let event = "insert into events (request_id, kind, payload) \
                     values ($1::text::uuid, $2, jsonb_build_object('request', $1::text))";
        let event = client.prepare(event).await?;
        let job = client.prepare("insert into jobs (request_id) values ($1::text::uuid)").await?;
        Ok(Session { client, ledger, event, job })
    }

    async fn submit(&self, session: &mut Session, id: Uuid) -> anyhow::Result<()> {
        let transaction = session.client.transaction().await?;
        session.ledger.submit(&transaction, id).await?;
        transaction.execute(&session.event, &[&id.to_string(), &"REQUEST_SUBMITTED"]).await?;
        Ok(transaction.commit().await?)
    }

    async fn decide(&self, session: &mut Session, id: Uuid) -> anyhow::Result<()> {
        let transaction = session.client.transaction().await?;
        session.ledger.decide(&transaction, id).await?;
        transaction.execute(&session.event, &[&id.to_string(), &"REQUEST_APPROVED"]).await?;
        transaction.execute(&session.job, &[&id.to_string()]).await?;
        Ok(transaction.commit().await?)
    }
}

/// A worker's connection with its statements.
struct Worker {
    client: Client,
    ledger: Ledger,
    take: Statement,
    step: Statement,
    complete: Statement,
}

impl Worker {
    async fn connect(url: &str) -> anyhow::Result<Self> {
        let client = connect(url).await?;
        let take = format!(
            "update jobs set state = 'running', attempts = attempts + 1, leased_until = now() + interval '{LEASE}' \
             where id = (select id from jobs where state <> 'completed' and (leased_until is null or leased_until < now()) \
                         order by id limit 1 for update skip locked) \
             returning id, request_id::text, step"
        );
        let step = format!("update jobs set step = $2, leased_until = now() + interval '{LEASE}' where id = $1");
        Ok(Self {
            ledger: Ledger::prepare(&client).await?,
            take: client.prepare(&take).await?,
            step: client.prepare(&step).await?,
            complete: client.prepare("update jobs set state = 'completed' where id = $1").await?,
            client,
        })
    }

    /// Takes jobs until the process ends.
    async fn run(mut self, done: Done) -> anyhow::Result<()> {
        loop {
            let Some(job) = self.client.query_opt(&self.take, &[]).await? else {
                tokio::time::sleep(POLL).await;
                continue;
            };
            let (id, request, finished): (i64, &str, i32) = (job.get(0), job.get(1), job.get(2));
            let request: Uuid = request.parse()?;
            for number in finished + 1..=STEPS {
                self.step(id, request, number).await?;
            }
            done.tell(request);
        }
    }

    /// One step and the note that it is done, in one transaction: a job that is taken again goes on behind it.
    async fn step(&mut self, job: i64, request: Uuid, number: i32) -> anyhow::Result<()> {
        let transaction = self.client.transaction().await?;
        self.ledger.step(&transaction, request, number).await?;
        transaction.execute(&self.step, &[&job, &number]).await?;
        if number == STEPS {
            transaction.execute(&self.complete, &[&job]).await?;
        }
        Ok(transaction.commit().await?)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let client = connect(&arguments.database_url).await?;
    make_tables(&client).await?;
    client.batch_execute(TABLES).await.context("tables of the queue")?;
    let done = Done::default();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(Worker::connect(&arguments.database_url).await?.run(done.clone()));
    }
    let peer = Arc::new(Reference { url: arguments.database_url.clone() });
    tokio::select! {
        report = measure("reference", peer, done, &arguments) => report?.print(),
        Some(ended) = workers.join_next() => ended?.context("worker"),
    }
}
