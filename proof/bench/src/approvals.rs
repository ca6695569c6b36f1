//! Undecided tickets with the digest that an approver has seen, and approvers who decide them one after the other.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use shepherd_tests::World;
use shepherd_tests::client::text;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_postgres::Client as Sql;

use crate::http::Connection;
use crate::load::Caller;

/// Connections of approvers.
const APPROVERS: usize = 16;

/// A ticket and the body of its approval.
pub(crate) type Approval = (String, String);

/// Ids of all undecided tickets, oldest first.
///
/// # Errors
/// When PostgreSQL does not answer.
pub(crate) async fn undecided(sql: &Sql) -> Result<Vec<String>> {
    let rows = sql.query("select id::text from tickets where state = 'PENDING' order by id", &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Has an approver look at tickets: what they would approve.
///
/// # Errors
/// When a preview is refused.
pub(crate) async fn previewed(world: &World, tickets: Vec<String>) -> Result<Vec<Approval>> {
    let mut connection = Connection::open(world.anonymous.base(), world.approver.token()).await?;
    let seen = json!({"cluster_id": world.cluster}).to_string();
    let mut approvals = Vec::new();
    for ticket in tickets {
        let answer = connection.post(&format!("/api/v1/tickets/{ticket}/preview"), None, seen.clone()).await?;
        anyhow::ensure!(answer.status == 200, "preview: {}", answer.status);
        let preview: Value = serde_json::from_slice(&answer.body).context("preview")?;
        let body = json!({"cluster_id": world.cluster, "digest": text(&preview, "digest")?});
        approvals.push((ticket, body.to_string()));
    }
    Ok(approvals)
}

/// Somebody who approves what is next.
pub(crate) struct Approver {
    connection: Connection,
    next: Arc<Mutex<VecDeque<Approval>>>,
}

impl Approver {
    /// A room of two approvers with several connections each, who share a pile.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn room(world: &World, approvals: Vec<Approval>) -> Result<Vec<Self>> {
        let pile = Arc::new(Mutex::new(VecDeque::from(approvals)));
        let mut room = Vec::new();
        for nth in 0..APPROVERS {
            let person = if nth % 2 == 0 { &world.approver } else { &world.second_approver };
            let connection = Connection::open(world.anonymous.base(), person.token()).await?;
            room.push(Self { connection, next: Arc::clone(&pile) });
        }
        Ok(room)
    }
}

impl Caller for Approver {
    async fn call(&mut self) -> Result<u16> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let (ticket, body) = next.context("the pile of undecided tickets is empty")?;
        Ok(self.connection.post(&format!("/api/v1/tickets/{ticket}/approve"), None, body).await?.status)
    }
}

/// Waits until so many tickets are in one of these states.
///
/// # Errors
/// When they do not get there in time.
pub(crate) async fn arrived(sql: &Sql, states: &[&str], n: i64, patience: std::time::Duration) -> Result<()> {
    let end = std::time::Instant::now() + patience;
    let count = sql.prepare("select count(*) from tickets where state = any($1)").await?;
    loop {
        let there: i64 = sql.query_one(&count, &[&states]).await?.get(0);
        if there >= n {
            return Ok(());
        }
        anyhow::ensure!(std::time::Instant::now() < end, "{there} of {n} tickets are in {states:?}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Waits until every order is delivered.
///
/// # Errors
/// When that does not happen in time.
pub(crate) async fn delivered(sql: &Sql, patience: std::time::Duration) -> Result<()> {
    let end = std::time::Instant::now() + patience;
    let count = sql.prepare("select count(*) from outbox where sent_at is null").await?;
    loop {
        let waiting: i64 = sql.query_one(&count, &[]).await?.get(0);
        if waiting == 0 {
            return Ok(());
        }
        anyhow::ensure!(std::time::Instant::now() < end, "{waiting} orders are not delivered");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
