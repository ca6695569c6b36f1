//! Waking the relay: NOTIFY beside the transactions, at most one in five milliseconds.
//!
//! NOTIFY inside a transaction takes a database-wide lock at commit and halves the throughput of writes. A wake-up
//! that is lost costs a second, because the relay polls as well.

use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

use crate::error::{Error, Result};

const CHANNEL: &str = "shepherd_outbox";
const PAUSE: Duration = Duration::from_millis(5);
const RETRY: Duration = Duration::from_secs(1);

/// Sends coalesced wake-ups. Cheap to clone; the task ends with the last clone.
#[derive(Clone)]
pub(crate) struct Wake(Arc<Notify>);

impl Wake {
    pub(crate) fn start(url: String) -> Self {
        let notify = Arc::new(Notify::new());
        let weak = Arc::downgrade(&notify);
        tokio::spawn(async move {
            loop {
                let Some(waiting) = weak.upgrade() else { return };
                // The clones of the stores keep the sender alive; this task must not.
                let woken = tokio::time::timeout(Duration::from_secs(1), waiting.notified()).await.is_ok();
                drop(waiting);
                if woken && notify_until_idle(&url, &weak).await.is_err() {
                    tokio::time::sleep(RETRY).await;
                }
            }
        });
        Self(notify)
    }

    pub(crate) fn wake(&self) {
        self.0.notify_one();
    }
}

/// Sends the wake-up that is due and those that follow, on one connection, until the stores are gone.
async fn notify_until_idle(url: &str, weak: &std::sync::Weak<Notify>) -> Result<()> {
    let (client, connection) = connect(url).await?;
    let driver = tokio::spawn(connection);
    loop {
        client.batch_execute(concat!("NOTIFY ", "shepherd_outbox")).await.map_err(unavailable)?;
        tokio::time::sleep(PAUSE).await;
        loop {
            let Some(waiting) = weak.upgrade() else {
                driver.abort();
                return Ok(());
            };
            if tokio::time::timeout(Duration::from_secs(1), waiting.notified()).await.is_ok() {
                break;
            }
        }
    }
}

type Connection = tokio_postgres::Connection<tokio_postgres::Socket, tokio_postgres::tls::NoTlsStream>;

async fn connect(url: &str) -> Result<(tokio_postgres::Client, Connection)> {
    tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(unavailable)
}

fn unavailable(error: tokio_postgres::Error) -> Error {
    Error::Unavailable(Box::new(error))
}

/// Wake-ups as they arrive, for the relay.
pub struct Wakes {
    messages: futures_util::stream::BoxStream<'static, ()>,
    _client: tokio_postgres::Client,
}

impl Wakes {
    pub(crate) async fn listen(url: &str) -> Result<Self> {
        let (client, mut connection) = connect(url).await?;
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            let mut messages = futures_util::stream::poll_fn(move |cx| connection.poll_message(cx));
            while let Some(Ok(message)) = messages.next().await {
                if matches!(message, tokio_postgres::AsyncMessage::Notification(_)) {
                    // A wake-up that is still unread is enough.
                    let _ = sender.try_send(());
                }
            }
        });
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await.map_err(unavailable)?;
        let messages = futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|()| ((), receiver))
        });
        Ok(Self { messages: messages.boxed(), _client: client })
    }

    /// Waits for the next wake-up; `None` when the connection is gone.
    pub async fn next(&mut self) -> Option<()> {
        self.messages.next().await
    }
}
