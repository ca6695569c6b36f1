//! The webhooks of virt-api for virtual machines, served over TLS on the loopback interface.

mod certificate;
mod default;
mod install;
mod review;
mod validate;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use kube::Client;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::behaviour::{Behaviour, Rules};
use crate::webhook::review::{Answer, Cause, Review};

const MUTATE_PATH: &str = "/virtualmachines-mutate";
const VALIDATE_PATH: &str = "/virtualmachines-validate";
/// What the API server accepts as an object, with room for the old one.
const MOST_BYTES: usize = 8 << 20;

/// Serves the webhooks and has the API server ask them. Returns their address once it does.
pub async fn start(client: &Client, rules: Arc<Rules>, address: SocketAddr, folder: &Path) -> anyhow::Result<String> {
    let issued = certificate::issue(address.ip())?;
    tokio::fs::write(folder.join("webhook-ca.pem"), &issued.authority_pem).await?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    let url = format!("https://{}", listener.local_addr()?);
    tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(issued.config)), rules));
    install::install(client, &url, &issued.authority_pem).await?;
    install::wait_until_asked(client).await?;
    Ok(url)
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, rules: Arc<Rules>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (acceptor, rules) = (acceptor.clone(), Arc::clone(&rules));
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, acceptor, rules).await {
                        tracing::debug!(%error, "webhook connection ended");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "accepting a webhook connection failed"),
        }
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, rules: Arc<Rules>) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let answer_one = service_fn(move |request| {
        let rules = Arc::clone(&rules);
        async move { answer(request, &rules).await }
    });
    let server = auto::Builder::new(TokioExecutor::new());
    let served = server.serve_connection(TokioIo::new(stream), answer_one).await;
    served.map_err(|error| anyhow::anyhow!(error))
}

async fn answer(request: Request<Incoming>, rules: &Rules) -> anyhow::Result<Response<Full<Bytes>>> {
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), MOST_BYTES).collect().await;
    let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
    let Ok(review) = serde_json::from_slice::<Review>(&body) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let answer = match path.as_str() {
        _ if review.request.is_being_deleted() => Answer::allow(),
        MUTATE_PATH => default::answer(&review.request),
        VALIDATE_PATH => match rejection(&review, rules).await {
            Some(cause) => Answer::invalid(vec![cause]),
            None => validate::answer(&review.request),
        },
        _ => return status(StatusCode::NOT_FOUND),
    };
    let body = serde_json::to_vec(&answer.of(&review))?;
    let response = Response::builder().header(http::header::CONTENT_TYPE, "application/json");
    Ok(response.body(Full::from(body))?)
}

/// What a rule has against a machine that is new or changes; finalizers and labels are not its business.
async fn rejection(review: &Review, rules: &Rules) -> Option<Cause> {
    let request = &review.request;
    if request.is_creation() {
        if let Err(error) = rules.refresh().await {
            tracing::warn!(%error, "behaviour rules cannot be read");
        }
    } else if request.object.get("spec") == request.old_object.get("spec") {
        return None;
    }
    let rule = rules.find(&request.namespace, request.object_name())?;
    let rejected = rule.behaviour == Behaviour::Reject;
    rejected.then(|| Cause::invalid("spec", rule.message_or("rejected by a behaviour rule")))
}

fn status(status: StatusCode) -> anyhow::Result<Response<Full<Bytes>>> {
    Ok(Response::builder().status(status).body(Full::default())?)
}
