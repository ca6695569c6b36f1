//! A tiny API server over TLS: remembers what reached it, tells watches what the test says.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_rustls::TlsAcceptor;

type Body = UnsyncBoxBody<Bytes, Infallible>;

pub struct Upstream {
    pub url: String,
    pub ca: PathBuf,
    lines: broadcast::Sender<Bytes>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    /// Listens on a free port; its authority goes into the folder.
    pub async fn start(dir: &std::path::Path) -> Result<Upstream> {
        let issued = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let ca = dir.join("upstream.crt");
        std::fs::write(&ca, issued.cert.pem())?;
        let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der());
        let key = key.map_err(anyhow::Error::msg)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let upstream = Upstream {
            url: format!("https://{}", listener.local_addr()?),
            ca,
            lines: broadcast::Sender::new(64),
            calls: Arc::default(),
        };
        let (lines, calls) = (upstream.lines.clone(), upstream.calls.clone());
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), lines, calls));
        Ok(upstream)
    }

    /// Tells all open watches; false when there is none.
    pub fn tell(&self, line: &str) -> bool {
        self.lines.send(Bytes::from(format!("{line}\n"))).is_ok()
    }

    pub fn watchers(&self) -> usize {
        self.lines.receiver_count()
    }

    /// Method, path and token of each call that arrived.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(
    listener: TcpListener,
    tls: TlsAcceptor,
    lines: broadcast::Sender<Bytes>,
    calls: Arc<Mutex<Vec<String>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, lines, calls) = (tls.clone(), lines.clone(), calls.clone());
        tokio::spawn(async move {
            let Ok(stream) = tls.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request| answer(request, lines.clone(), calls.clone()));
            let server = auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    lines: broadcast::Sender<Bytes>,
    calls: Arc<Mutex<Vec<String>>>,
) -> Result<Response<Body>, Infallible> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let token = request.headers().get(AUTHORIZATION).cloned();
    let token = token.unwrap_or(HeaderValue::from_static("-"));
    let watch = request.uri().query().is_some_and(|q| q.contains("watch=true"));
    let body = request.into_body().collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(format!("{method} {path} {}", token.to_str().unwrap_or("?")));
    let body = match (watch, method) {
        (true, _) => told(lines.subscribe()),
        // An applied object comes back with a UID.
        (_, Method::PATCH) => {
            let text = String::from_utf8_lossy(&body);
            let text = text.replacen("\"metadata\":{", "\"metadata\":{\"uid\":\"uid-1\",", 1);
            Body::new(Full::from(text))
        }
        _ => Body::new(Full::from("{\"kind\":\"List\",\"metadata\":{},\"items\":[]}")),
    };
    let mut response = Response::new(body);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

fn told(lines: broadcast::Receiver<Bytes>) -> Body {
    let frames = stream::unfold(lines, |mut lines| async move {
        let line = lines.recv().await.ok()?;
        Some((Ok(Frame::data(line)), lines))
    });
    Body::new(StreamBody::new(frames.boxed()))
}
