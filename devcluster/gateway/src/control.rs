//! The control API: plain HTTP and JSON on loopback, for tests and for people.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::certificate::Authority;
use crate::fault::Order;
use crate::fault_registry::Registry;
use crate::front::Front;
use crate::journal::{Entry, Journal};
use crate::journal_filter::{Counts, Filter};

const BODY_LIMIT: usize = 64 << 10;

pub struct Control {
    pub journal: Arc<Journal>,
    pub faults: Arc<Registry>,
    pub front: Front,
    pub authority: Authority,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partition {
    on: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rotation {
    new_ca: bool,
}

type Answer = Result<(StatusCode, Value), Refused>;

/// Status and text for whoever asked wrongly, or for whom we failed.
struct Refused(StatusCode, String);

impl Refused {
    fn bad(text: impl ToString) -> Refused {
        Refused(StatusCode::BAD_REQUEST, text.to_string())
    }

    fn failed(text: impl ToString) -> Refused {
        Refused(StatusCode::INTERNAL_SERVER_ERROR, text.to_string())
    }

    fn unknown(what: &str) -> Refused {
        Refused(StatusCode::NOT_FOUND, format!("there is no {what}"))
    }
}

impl Control {
    pub async fn accept(self: Arc<Self>, listener: TcpListener) -> Infallible {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::task::yield_now().await;
                continue;
            };
            let control = self.clone();
            let service = service_fn(move |request| {
                let control = control.clone();
                async move { Ok::<_, Infallible>(control.serve(request).await) }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    }

    async fn serve(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, body) = match self.route(request).await {
            Ok(answer) => answer,
            Err(Refused(status, text)) => (status, json!({ "error": text })),
        };
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    async fn route(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let path = parts.uri.path().trim_start_matches('/');
        match (&parts.method, path) {
            (&Method::GET, "health") => self.health(),
            (&Method::GET, "journal") => self.entries(query).await,
            (&Method::GET, "journal/counts") => self.counts(query).await,
            (&Method::GET, "faults") => Ok((StatusCode::OK, self.faults.list())),
            (&Method::POST, "faults") => self.add_fault(read(body).await?),
            (&Method::DELETE, "faults") => Ok((StatusCode::OK, json!({"removed": self.faults.clear()}))),
            (&Method::POST, "partition") => self.partition(&read(body).await?),
            (&Method::POST, "certificate/rotate") => self.rotate(&read(body).await?),
            (&Method::DELETE, path) => match path.strip_prefix("faults/") {
                Some(id) if self.faults.remove(id) => Ok((StatusCode::OK, json!({"removed": 1}))),
                _ => Err(Refused::unknown(path)),
            },
            (method, path) => Err(Refused::unknown(&format!("{method} /{path}"))),
        }
    }

    fn health(&self) -> Answer {
        let health = json!({
            "status": "ok",
            "partition": self.front.is_partitioned(),
            "seq": self.journal.last(),
        });
        Ok((StatusCode::OK, health))
    }

    async fn entries(&self, query: &str) -> Answer {
        let (entries, next) = self.read_journal(query).await?;
        Ok((StatusCode::OK, json!({"entries": entries, "next": next})))
    }

    async fn counts(&self, query: &str) -> Answer {
        let (entries, _) = self.read_journal(query).await?;
        let counts = serde_json::to_value(Counts::of(&entries)).map_err(Refused::failed)?;
        Ok((StatusCode::OK, counts))
    }

    async fn read_journal(&self, query: &str) -> Result<(Vec<Entry>, u64), Refused> {
        let filter = Filter::parse(query).map_err(Refused::bad)?;
        let journal = self.journal.clone();
        let reading = tokio::task::spawn_blocking(move || journal.read(&filter));
        let read = reading.await.map_err(Refused::failed)?;
        read.map_err(Refused::failed)
    }

    fn add_fault(&self, order: Order) -> Answer {
        let id = self.faults.add(order).map_err(Refused::bad)?;
        Ok((StatusCode::CREATED, json!({ "id": id })))
    }

    fn partition(&self, partition: &Partition) -> Answer {
        self.front.partition(partition.on);
        Ok((StatusCode::OK, json!({"on": partition.on})))
    }

    fn rotate(&self, rotation: &Rotation) -> Answer {
        let issue = || -> Result<()> {
            if rotation.new_ca {
                self.authority.renew()?;
                self.front.show_alone(self.authority.issue()?);
            } else {
                self.front.show(self.authority.issue()?);
            }
            Ok(())
        };
        issue().map_err(|error| Refused::failed(format!("{error:#}")))?;
        Ok((StatusCode::OK, json!({"ca": self.authority.ca_path()})))
    }
}

/// Reads a JSON body; an empty one counts as `{}`.
async fn read<T: DeserializeOwned>(body: Incoming) -> Result<T, Refused> {
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let bytes = body.map_err(Refused::bad)?.to_bytes();
    let text = if bytes.is_empty() { b"{}" } else { &bytes[..] };
    serde_json::from_slice(text).map_err(Refused::bad)
}
