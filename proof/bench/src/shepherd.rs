//! Shepherd on the common task: the same clients, through HTTP with everything on, and three steps that call a cluster.

use anyhow::{Context as _, Result};
use serde_json::Value;
use shepherd_peers::Report;
use shepherd_tests::client::text;
use shepherd_tests::environment::variable;
use shepherd_tests::{World, database};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_postgres::Client as Sql;

use crate::http::Connection;
use crate::peer::Ran;
use crate::shop::Shop;
use crate::work::{commits, difference, wal};

/// How often a client looks whether its ticket has ended.
const LOOK: Duration = Duration::from_millis(10);
/// A ticket that has not ended by then is lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does so many tickets with so many clients, who also approve.
///
/// # Errors
/// When the product refuses anything.
pub(crate) async fn run(clients: u32, tasks: u32) -> Result<Ran> {
    let shop = Shop::on(World::start().await?).await?;
    let sql = shop.world.sql().await?;
    let admin = database::connect(&variable("SHEPHERD_TEST_ADMIN_URL")?).await?;
    let ours: String = sql.query_one("select current_database()::text", &[]).await?.get(0);
    let before = (commits(&admin, &[&ours]).await?, wal(&admin).await?);
    let began = Instant::now();
    let mut playing = JoinSet::new();
    for nth in 0..clients {
        let n = tasks / clients + u32::from(nth < tasks % clients);
        playing.spawn(client(&shop, usize::try_from(nth)?).await?.play(n));
    }
    let mut submit_us = Vec::new();
    while let Some(played) = playing.join_next().await {
        submit_us.extend(played??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let (lost, doubled, done_us) = check(&sql, i64::from(tasks)).await?;
    let (clients, tasks) = (u64::from(clients), u64::from(tasks));
    let report = Report {
        peer: "Shepherd".to_owned(),
        clients,
        tasks,
        seconds,
        submit_us,
        done_us,
        lost,
        doubled,
        events: None,
    };
    Ok(Ran {
        report,
        commits: difference(before.0, commits(&admin, &[&ours]).await?),
        wal_bytes: difference(before.1, wal(&admin).await?),
    })
}

async fn client(shop: &Shop, nth: usize) -> Result<Client> {
    let requester = shop.requesters.get(nth).context("requester")?;
    let base = shop.world.anonymous.base();
    Ok(Client {
        requester: Connection::open(base, requester.token()).await?,
        approver: Connection::open(base, shop.world.approver.token()).await?,
        sql: shop.world.sql().await?,
        cluster: shop.world.cluster.clone(),
        bodies: Box::new(shop.bodies(nth, &shop.world.template)),
    })
}

/// A requester and the approver that they wait for.
struct Client {
    requester: Connection,
    approver: Connection,
    sql: Sql,
    cluster: String,
    bodies: Box<dyn Iterator<Item = String> + Send>,
}

impl Client {
    /// Tickets one after the other; how long each submit took.
    async fn play(mut self, n: u32) -> Result<Vec<u64>> {
        let mut took = Vec::new();
        for _ in 0..n {
            let body = self.bodies.next().context("a request")?;
            let began = Instant::now();
            let answer = self.requester.post("/api/v1/tickets", None, body).await?;
            took.push(u64::try_from(began.elapsed().as_micros())?);
            anyhow::ensure!(answer.status == 202, "a submit was answered with {}", answer.status);
            let ticket: Value = serde_json::from_slice(&answer.body)?;
            let ticket = text(&ticket, "id")?;
            self.approve(ticket).await?;
            self.end_of(ticket).await?;
        }
        Ok(took)
    }

    async fn approve(&mut self, ticket: &str) -> Result<()> {
        let seen = serde_json::json!({"cluster_id": self.cluster}).to_string();
        let answer = self.approver.post(&format!("/api/v1/tickets/{ticket}/preview"), None, seen).await?;
        let preview: Value = serde_json::from_slice(&answer.body)?;
        let decision = serde_json::json!({"cluster_id": self.cluster, "digest": text(&preview, "digest")?}).to_string();
        let answer = self.approver.post(&format!("/api/v1/tickets/{ticket}/approve"), None, decision).await?;
        anyhow::ensure!(answer.status == 202, "an approval was answered with {}", answer.status);
        Ok(())
    }

    /// Waits for the end; a ticket that never ends is counted later, by its row.
    async fn end_of(&mut self, ticket: &str) -> Result<()> {
        let began = Instant::now();
        let sql = &self.sql;
        let ended = sql.prepare("select finished_at is not null from tickets where id::text = $1").await?;
        while began.elapsed() < PATIENCE && !sql.query_one(&ended, &[&ticket]).await?.get::<_, bool>(0) {
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}

/// Tickets without success, outcomes that were recorded twice, and the times from decision to end.
async fn check(sql: &Sql, n_acknowledged: i64) -> Result<(i64, i64, Vec<u64>)> {
    let check = "select \
        $1::bigint - (select count(*) from tickets where state = 'SUCCESS'), \
        (select count(*) from (select from audit_leaves where resource_type = 'ticket' and action <> 'ticket.retry' \
           group by resource_id, action, details having count(*) > 1) twice), \
        (select coalesce(array_agg((extract(epoch from t.finished_at - r.decided_at) * 1000000)::bigint), '{}') \
           from tickets t join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id \
           where t.state = 'SUCCESS')";
    let row = sql.query_one(check, &[&n_acknowledged]).await?;
    let done: Vec<i64> = row.get(2);
    Ok((row.get(0), row.get(1), done.into_iter().map(i64::unsigned_abs).collect()))
}
