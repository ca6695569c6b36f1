//! The clients: each submits, decides, waits for the end, and begins again.

use anyhow::Context as _;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::ledger::{check, connect};
use crate::report::{Arguments, Report};

/// A request that has not ended by then is lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a peer adds to the common task.
pub trait Peer: Send + Sync + 'static {
    /// What each client has to itself.
    type Session: Send;

    /// A session for one client.
    fn session(&self) -> impl Future<Output = anyhow::Result<Self::Session>> + Send;

    /// Takes a request; it is durable when this returns.
    fn submit(&self, session: &mut Self::Session, id: Uuid) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Approves a request; its steps run afterwards.
    fn decide(&self, session: &mut Self::Session, id: Uuid) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// Where the last step says that its transaction is committed, for the client that waits in the same process.
#[derive(Clone, Default)]
pub struct Done(Arc<Mutex<HashMap<Uuid, oneshot::Sender<()>>>>);

impl Done {
    /// The request has ended. Saying so twice does no harm.
    pub fn tell(&self, id: Uuid) {
        if let Some(waiting) = self.lock().remove(&id) {
            // A client that has given up does not listen.
            let _ = waiting.send(());
        }
    }

    fn expect(&self, id: Uuid) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.lock().insert(id, tell);
        told
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the clients do all requests and looks for what was lost or doubled.
///
/// # Errors
/// When the peer refuses a request or cannot be looked at.
pub async fn measure<P: Peer>(name: &str, peer: Arc<P>, done: Done, arguments: &Arguments) -> anyhow::Result<Report> {
    let mut sessions = Vec::new();
    for _ in 0..arguments.clients {
        sessions.push(peer.session().await?);
    }
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for (number, session) in (0..arguments.clients).zip(sessions) {
        let n = arguments.tasks / arguments.clients + u64::from(number < arguments.tasks % arguments.clients);
        clients.spawn(play(Arc::clone(&peer), session, done.clone(), n));
    }
    let mut submit_us = Vec::new();
    while let Some(played) = clients.join_next().await {
        submit_us.extend(played??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let database = connect(&arguments.database_url).await?;
    let (lost, doubled, done_us) = check(&database, i64::try_from(submit_us.len())?).await?;
    let (clients, tasks) = (arguments.clients, arguments.tasks);
    Ok(Report { peer: name.to_owned(), clients, tasks, seconds, submit_us, done_us, lost, doubled, events: None })
}

/// One client's requests, one after the other; how long each submit took.
async fn play<P: Peer>(peer: Arc<P>, mut session: P::Session, done: Done, n: u64) -> anyhow::Result<Vec<u64>> {
    let mut took = Vec::new();
    for _ in 0..n {
        let id = Uuid::now_v7();
        let ended = done.expect(id);
        let began = Instant::now();
        peer.submit(&mut session, id).await.context("submit")?;
        took.push(u64::try_from(began.elapsed().as_micros())?);
        peer.decide(&mut session, id).await.context("decide")?;
        // One that never ends is counted at the end, by its rows.
        let _ = timeout(PATIENCE, ended).await;
    }
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_request_wakes_its_client_and_no_other() -> anyhow::Result<()> {
        let (done, one, other) = (Done::default(), Uuid::now_v7(), Uuid::now_v7());
        let (of_one, mut of_other) = (done.expect(one), done.expect(other));
        done.tell(one);
        done.tell(one);
        timeout(PATIENCE, of_one).await??;
        assert!(of_other.try_recv().is_err());
        Ok(())
    }
}
