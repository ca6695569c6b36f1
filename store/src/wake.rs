//! Waking those who wait for what was committed: NOTIFY beside the transactions, at most one in five milliseconds.
//!
//! NOTIFY inside a transaction takes a database-wide lock at commit and halves the throughput of writes. A wake-up
//! that is lost costs a second for an order and a few for an event, because those who wait poll as well.

use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

const PAUSE: Duration = Duration::from_millis(5);
const RETRY: Duration = Duration::from_secs(1);
/// How long the database may take for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Silence after which the kernel asks whether the other side is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Who waits.
#[derive(Clone, Copy)]
pub(crate) enum Channel {
    /// The worker's relay, for orders.
    Outbox,
    /// The servers' streams, for events.
    Events,
}

impl Channel {
    const ALL: [Self; 2] = [Self::Outbox, Self::Events];

    fn name(self) -> &'static str {
        match self {
            Self::Outbox => "shepherd_outbox",
            Self::Events => "shepherd_events",
        }
    }
}

/// Sends coalesced wake-ups. Cheap to clone; the task ends with the last clone.
#[derive(Clone)]
pub(crate) struct Wake(Arc<Bell>);

#[derive(Default)]
struct Bell {
    rung: Notify,
    outbox: AtomicBool,
    events: AtomicBool,
}

impl Wake {
    pub(crate) fn start(url: String) -> Self {
        let bell = Arc::<Bell>::default();
        let weak = Arc::downgrade(&bell);
        tokio::spawn(async move {
            loop {
                let Some(waiting) = weak.upgrade() else { return };
                // The clones of the stores keep the sender alive; this task must not.
                let woken = tokio::time::timeout(Duration::from_secs(1), waiting.rung.notified()).await.is_ok();
                drop(waiting);
                if woken && notify_until_idle(&url, &weak).await.is_err() {
                    tokio::time::sleep(RETRY).await;
                }
            }
        });
        Self(bell)
    }

    pub(crate) fn wake(&self, channel: Channel) {
        self.0.due(channel).store(true, Ordering::Release);
        self.0.rung.notify_one();
    }
}

impl Bell {
    fn due(&self, channel: Channel) -> &AtomicBool {
        match channel {
            Channel::Outbox => &self.outbox,
            Channel::Events => &self.events,
        }
    }

    /// Takes what is due, as one text of SQL; empty when an earlier wake-up has covered it.
    fn take(&self) -> String {
        let due = Channel::ALL.into_iter().filter(|channel| self.due(*channel).swap(false, Ordering::AcqRel));
        due.map(|channel| format!("NOTIFY {};", channel.name())).collect()
    }
}

/// Sends the wake-up that is due and those that follow, on one connection, until the stores are gone.
async fn notify_until_idle(url: &str, weak: &std::sync::Weak<Bell>) -> Result<()> {
    let (client, connection) = connect(url).await?;
    let _driver = Driver(tokio::spawn(async { drop(connection.await) }));
    loop {
        let due = weak.upgrade().map(|bell| bell.take()).unwrap_or_default();
        if !due.is_empty() {
            in_time(client.batch_execute(&due)).await?;
            tokio::time::sleep(PAUSE).await;
        }
        loop {
            let Some(waiting) = weak.upgrade() else { return Ok(()) };
            if tokio::time::timeout(Duration::from_secs(1), waiting.rung.notified()).await.is_ok() {
                break;
            }
        }
    }
}

type Connection = tokio_postgres::Connection<tokio_postgres::Socket, tokio_postgres::tls::NoTlsStream>;

async fn connect(url: &str) -> Result<(tokio_postgres::Client, Connection)> {
    let mut config: tokio_postgres::Config = url.parse().map_err(unavailable)?;
    // Nobody speaks on these connections for long, so that only the kernel learns that the other side is gone.
    config.keepalives_idle(KEEPALIVE).keepalives_interval(PATIENCE).keepalives_retries(3);
    in_time(config.connect(tokio_postgres::NoTls)).await
}

async fn in_time<T>(answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T> {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    answer.map_err(|late| Error::Unavailable(Box::new(late)))?.map_err(unavailable)
}

fn unavailable(error: tokio_postgres::Error) -> Error {
    Error::Unavailable(Box::new(error))
}

/// The task behind a connection, which ends with its user even when the other side is silent.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Wake-ups of one channel, as they arrive.
pub struct Wakes {
    messages: futures_util::stream::BoxStream<'static, ()>,
    _client: tokio_postgres::Client,
    _driver: Driver,
}

impl Wakes {
    /// Wake-ups of the relay.
    pub(crate) async fn listen(url: &str) -> Result<Self> {
        Self::on(url, Channel::Outbox).await
    }

    pub(crate) async fn on(url: &str, channel: Channel) -> Result<Self> {
        let (client, mut connection) = connect(url).await?;
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let driver = Driver(tokio::spawn(async move {
            let mut messages = futures_util::stream::poll_fn(move |cx| connection.poll_message(cx));
            while let Some(Ok(message)) = messages.next().await {
                if matches!(message, tokio_postgres::AsyncMessage::Notification(_)) {
                    // A wake-up that is still unread is enough.
                    let _ = sender.try_send(());
                }
            }
        }));
        in_time(client.batch_execute(&format!("LISTEN {}", channel.name()))).await?;
        let messages = futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|()| ((), receiver))
        });
        Ok(Self { messages: messages.boxed(), _client: client, _driver: driver })
    }

    /// Waits for the next wake-up; `None` when the connection is gone.
    pub async fn next(&mut self) -> Option<()> {
        self.messages.next().await
    }
}
