//! What happens to a call: journalled, met by a fault or not, forwarded.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::{Body, Incoming};
use tokio::time::sleep;

use crate::account::account;
use crate::call::{Call, Link};
use crate::fault::Kind;
use crate::fault_registry::Registry;
use crate::glimpse::{self, Glimpse, is_legible};
use crate::journal::{Journal, Outcome};
use crate::refusal::Refusal;
use crate::relay::{AnswerBody, Ending, Relay, Severed};
use crate::request::Target;
use crate::upstream::{Outbound, Upstream};

pub struct Proxy {
    pub journal: Arc<Journal>,
    pub faults: Arc<Registry>,
    pub upstream: Upstream,
}

/// A call read as far as it must be before its fate is known.
struct Arrival {
    parts: Parts,
    body: Outbound,
    call: Call,
}

impl Proxy {
    /// Answers a call; an error ends the caller's connection (HTTP/2: the stream).
    pub async fn serve(&self, request: Request<Incoming>, link: Link) -> Result<Response<AnswerBody>, Severed> {
        let mut arrival = self.receive(request, link).await?;
        let Some((id, kind)) = self.faults.take(arrival.call.target()) else {
            return self.forward(arrival, None).await;
        };
        arrival.call.hit(id);
        match kind {
            Kind::Status { status, retry_after, reason, message } => {
                let refusal = Refusal::new(status).with(reason, message, retry_after);
                Ok(refuse(arrival.call, &refusal))
            }
            Kind::Bucket { .. } => Ok(refuse(arrival.call, &Refusal::new(429).with(None, None, Some(1)))),
            Kind::Latency { ms } => {
                sleep(Duration::from_millis(ms)).await;
                self.forward(arrival, None).await
            }
            Kind::Hang {} => pending().await,
            Kind::Lost {} => self.lose(arrival).await,
            Kind::Cut {} => {
                arrival.call.end(Outcome::Cut);
                Err(Severed)
            }
            Kind::DropWatch { after_ms } => self.forward(arrival, Some((after_ms, None))).await,
            Kind::Expired { in_stream: true, after_ms } => {
                let event = Refusal::new(410).event();
                self.forward(arrival, Some((after_ms, Some(event)))).await
            }
            Kind::Expired { .. } => Ok(refuse(arrival.call, &Refusal::new(410))),
            Kind::Unauthorized {} => Ok(refuse(arrival.call, &Refusal::new(401))),
        }
    }

    async fn receive(&self, request: Request<Incoming>, link: Link) -> Result<Arrival, Severed> {
        let (parts, body) = request.into_parts();
        let target = Target::parse(&parts.method, &parts.uri);
        let account = account(&parts.headers);
        let mut call = Call::begin(self.journal.clone(), link, target, account);
        let (body, seen) = take_in(&parts.headers, body).await?;
        call.saw_request(seen);
        Ok(Arrival { parts, body, call })
    }

    async fn forward(
        &self,
        arrival: Arrival,
        ending: Option<(u64, Option<Bytes>)>,
    ) -> Result<Response<AnswerBody>, Severed> {
        let Arrival { parts, body, mut call } = arrival;
        let head = parts.method == Method::HEAD;
        call.forwarded();
        let response = match self.upstream.send(parts, body).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Ok(refuse(call, &unreachable(&error))),
            Err(error) => return Err(Severed::by(error)),
        };
        let (parts, body) = response.into_parts();
        call.answered(parts.status);
        let watching = call.target().is_watch() && parts.status == StatusCode::OK && !head;
        if watching {
            call.opened();
        }
        let legible = is_legible(&parts.headers) && holds_one_object(call.target());
        let ending = ending.filter(|_| watching);
        let ending = ending.map(|(ms, event)| Ending::after(ms, event));
        let body = Relay::new(body, call, legible, ending);
        Ok(Response::from_parts(parts, AnswerBody::new(body)))
    }

    /// Lets a call take effect, then keeps the answer back.
    async fn lose(&self, arrival: Arrival) -> Result<Response<AnswerBody>, Severed> {
        let Arrival { parts, body, mut call } = arrival;
        call.forwarded();
        let response = self.upstream.send(parts, body).await;
        let response = response.map_err(Severed::by)?;
        call.answered(response.status());
        if holds_one_object(call.target()) && is_legible(response.headers()) {
            let body = Limited::new(response.into_body(), glimpse::LIMIT);
            if let Ok(body) = body.collect().await {
                call.saw_response(Glimpse::of(&body.to_bytes()));
            }
        }
        call.end(Outcome::Lost);
        Err(Severed)
    }
}

/// Reads a short JSON body whole; any other passes as a stream.
async fn take_in(headers: &HeaderMap, body: Incoming) -> Result<(Outbound, Glimpse), Severed> {
    let length = body.size_hint().exact().and_then(|n| usize::try_from(n).ok());
    if !is_legible(headers) || length.is_none_or(|n| n > glimpse::LIMIT) {
        return Ok((Either::Right(body), Glimpse::default()));
    }
    let bytes = body.collect().await.map_err(Severed::by)?.to_bytes();
    let seen = Glimpse::of(&bytes);
    Ok((Either::Left(Full::new(bytes)), seen))
}

fn holds_one_object(target: &Target) -> bool {
    !matches!(target.verb.as_str(), "list" | "watch" | "deletecollection")
}

fn refuse(mut call: Call, refusal: &Refusal) -> Response<AnswerBody> {
    call.answered(refusal.status());
    call.end(Outcome::Injected);
    let body = |bytes| AnswerBody::new(Full::new(bytes).map_err(|never| match never {}));
    refusal.response().map(body)
}

fn unreachable(error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::warn!(error, "the API server cannot be reached");
    let message = "the gateway cannot reach the API server".to_owned();
    Refusal::new(503).with(None, Some(message), None)
}
