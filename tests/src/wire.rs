//! A proxy in front of PostgreSQL that counts what passes: the witness for round trips and commits.

use anyhow::Context as _;
use std::net::SocketAddr;
use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What passed over connections that carry transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times that the client had all answers and sent something again: round trips.
    pub turns: u64,
    /// COMMITs that PostgreSQL confirmed, and statements that it ran outside a transaction.
    pub commits: u64,
    /// Statements that were prepared.
    pub parses: u64,
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            turns: self.turns - earlier.turns,
            commits: self.commits - earlier.commits,
            parses: self.parses - earlier.parses,
        }
    }
}

/// A running proxy. It takes no new connections after it is dropped.
pub struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    latency: AtomicU64,
    connections: Mutex<Vec<Arc<Mutex<Connection>>>>,
}

impl Wire {
    /// Starts a proxy in front of the PostgreSQL of `url`.
    ///
    /// # Errors
    /// When `url` names no address, or no port is free.
    pub async fn start(url: &str) -> anyhow::Result<Self> {
        let url: reqwest::Url = url.parse()?;
        let upstream = (url.host_str().context("host")?.to_owned(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::<Shared>::default();
        let accepted = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(upstream.clone()).await {
                    accepted.relay(client, server);
                }
            }
        });
        Ok(Self { address, shared, accepting })
    }

    /// The same database through the proxy.
    ///
    /// # Errors
    /// When `url` is none.
    pub fn through(&self, url: &str) -> anyhow::Result<String> {
        let mut url: reqwest::Url = url.parse()?;
        url.set_ip_host(self.address.ip()).map_err(|()| anyhow::anyhow!("host in the URL"))?;
        url.set_port(Some(self.address.port())).map_err(|()| anyhow::anyhow!("port in the URL"))?;
        Ok(url.into())
    }

    /// Holds answers back from now on. Everything that is sent without waiting for an answer is sent meanwhile, so
    /// turns are told apart whatever the machine does.
    pub fn hold_answers(&self, by: Duration) {
        self.shared.latency.store(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts of each connection that carried a transaction; one that only wakes others is left out.
    pub fn connections(&self) -> Vec<Counts> {
        let connections = lock(&self.shared.connections);
        connections.iter().map(|one| lock(one)).filter(|one| !one.wakes).map(|one| one.counts).collect()
    }

    /// What PostgreSQL told beside its answers since the last call, on all connections.
    pub fn notices(&self) -> Vec<String> {
        let connections = lock(&self.shared.connections);
        connections.iter().flat_map(|one| std::mem::take(&mut lock(one).notices)).collect()
    }

    /// Sum of [`connections`](Self::connections).
    pub fn counts(&self) -> Counts {
        self.connections().into_iter().fold(Counts::default(), |sum, one| Counts {
            turns: sum.turns + one.turns,
            commits: sum.commits + one.commits,
            parses: sum.parses + one.parses,
        })
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn relay(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let connection = Arc::<Mutex<Connection>>::default();
        lock(&self.connections).push(Arc::clone(&connection));
        let answering = Arc::clone(&connection);
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            // The kernel must not hold back what either side has sent.
            if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
                return;
            }
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let up = async {
                let mut frames = Frames { startup: true, ..Frames::default() };
                let mut chunk = vec![0; 65536];
                while let Ok(read @ 1..) = from_client.read(&mut chunk).await {
                    frames.feed(&chunk[..read], |kind, body| lock(&connection).sent(kind, body));
                    if to_server.write_all(&chunk[..read]).await.is_err() {
                        return;
                    }
                }
            };
            let down = async {
                let mut frames = Frames::default();
                let mut chunk = vec![0; 65536];
                while let Ok(read @ 1..) = from_server.read(&mut chunk).await {
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "the delay is what this link plays, no wait for a state"
                    )]
                    let delay = tokio::time::sleep(Duration::from_millis(shared.latency.load(Ordering::Relaxed)));
                    delay.await;
                    frames.feed(&chunk[..read], |kind, body| lock(&answering).answered(kind, body));
                    if to_client.write_all(&chunk[..read]).await.is_err() {
                        return;
                    }
                }
            };
            // When one side closes, both are closed.
            tokio::select! { () = up => {}, () = down => {} }
        });
    }
}

/// Cuts a stream into messages.
#[derive(Default)]
struct Frames {
    rest: Vec<u8>,
    /// The client's first message has no type.
    startup: bool,
}

impl Frames {
    fn feed(&mut self, bytes: &[u8], mut message: impl FnMut(u8, &[u8])) {
        self.rest.extend_from_slice(bytes);
        loop {
            let head = usize::from(!self.startup);
            let Some(length) = self.rest.get(head..head + 4).and_then(|bytes| bytes.try_into().ok()) else { return };
            let end = head + usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
            let Some(body) = self.rest.get(head + 4..end) else { return };
            let kind = if self.startup { 0 } else { self.rest[0] };
            message(kind, body);
            self.rest.drain(..end);
            self.startup = false;
        }
    }
}

#[derive(Default)]
struct Connection {
    counts: Counts,
    /// Questions whose ReadyForQuery is still to come.
    outstanding: u64,
    /// A question is being put: something came after the last Sync.
    asking: bool,
    transaction: bool,
    /// Something was executed since the last ReadyForQuery, and it was no COMMIT.
    executed: bool,
    /// Speaks only NOTIFY and LISTEN.
    wakes: bool,
    notices: Vec<String>,
}

impl Connection {
    fn sent(&mut self, kind: u8, body: &[u8]) {
        match kind {
            // The start of the session is answered by a ReadyForQuery too.
            0 => return self.outstanding += 1,
            // Passwords belong to it; for a goodbye and a closed statement nobody waits.
            b'p' | b'X' | b'C' => return,
            b'P' => self.counts.parses += 1,
            b'Q' => self.wakes |= body.starts_with(b"NOTIFY") || body.starts_with(b"LISTEN"),
            _ => {}
        }
        if self.outstanding == 0 && !self.asking {
            self.counts.turns += 1;
        }
        let ends = matches!(kind, b'S' | b'Q');
        self.outstanding += u64::from(ends);
        self.asking = !ends;
    }

    fn answered(&mut self, kind: u8, body: &[u8]) {
        match kind {
            b'C' if body.starts_with(b"COMMIT") => self.counts.commits += 1,
            b'C' => self.executed = true,
            b'N' => self.notices.extend(message(body)),
            b'Z' => {
                let transaction = body.first() != Some(&b'I');
                self.counts.commits += u64::from(self.executed && !self.transaction && !transaction);
                self.transaction = transaction;
                self.executed = false;
                self.outstanding = self.outstanding.saturating_sub(1);
            }
            _ => {}
        }
    }
}

/// Text of a notice; its other fields say where it comes from.
fn message(body: &[u8]) -> Option<String> {
    let text = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"M"))?;
    Some(String::from_utf8_lossy(text).into_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
