//! One connection that is kept, as lean as a client can be: it runs on the cores that it measures.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// Servers close what nobody used for a few seconds, so that a connection from before a pause is opened anew.
const PAUSE: Duration = Duration::from_secs(2);

/// A kept connection to a server, with somebody's access token.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    used_at: Instant,
    host: String,
    authorization: Option<String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Connection {
    /// Connects to `base`, `http://host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(crate) async fn open(base: &str, token: Option<&str>) -> Result<Self> {
        let host = base.strip_prefix("http://").context("the server's address")?.trim_end_matches('/').to_owned();
        let authorization = token.map(|token| format!("Bearer {token}"));
        Ok(Self { sender: connect(&host).await?, used_at: Instant::now(), host, authorization })
    }

    /// Reads a path.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, None, Bytes::new()).await
    }

    /// Sends JSON, with an idempotency key if there is one.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn post(&mut self, path: &str, key: Option<&str>, body: impl Into<Bytes>) -> Result<Answer> {
        self.send(Method::POST, path, key, body.into()).await
    }

    async fn send(&mut self, method: Method, path: &str, key: Option<&str>, body: Bytes) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if self.used_at.elapsed() > PAUSE {
            self.sender = connect(&self.host).await?;
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(body))?).await?;
        let (head, body) = response.into_parts();
        // Read whole, as a client would, or the connection could not be used again.
        let body = body.collect().await?.to_bytes();
        self.used_at = Instant::now();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

async fn connect(host: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(host).await.context("connect to the server")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
