//! One id for each request: in the answer, in the log, in the audit log and in every error.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::FutureExt as _;
use shepherd_domain::Code;
use shepherd_store::Error as StoreError;
use shepherd_store::counts::{Counts, counted};
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tracing::{Instrument, error, info, info_span, warn};
use uuid::Uuid;

use crate::app::App;
use crate::auth::Unasked;
use crate::contract::label;
use crate::error::Problem;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Id of the request, kept in its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestIdExtension(pub(crate) Uuid);

/// Gives the request its id, completes problems with it, logs and counts the request.
pub(crate) async fn identify<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestIdExtension(id));
    let (method, path, start) = (label(request.method()), request.path().to_owned(), Instant::now());
    let span = info_span!("request", request.id = %id, http.method = method, http.path = path);
    let answered = async move {
        let Ok((response, counts)) = AssertUnwindSafe(counted(next.call(request))).catch_unwind().await else {
            // Its words are in the log of the process; here they could hold what the request held.
            error!("a handler panicked");
            let labels = [("route", "panicked"), ("method", method), ("status", "500")];
            metrics::counter!("shepherd_http_requests_total", &labels).increment(1);
            return Err(Panicked(id).into());
        };
        let response = response?;
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
        let (earlier, more) = counted(session_first(response.request(), problem, counts)).await;
        let problem = earlier.as_ref().or(problem);
        if let Some(cause) = problem.and_then(Problem::cause) {
            match cause {
                StoreError::Unavailable(_) => warn!(error = chain(cause), "database does not answer"),
                _ => error!(error = chain(cause), "request failed"),
            }
        }
        let rebuilt = problem.map(|problem| problem.response(id));
        let mut response = match rebuilt {
            Some(rebuilt) => response.into_response(rebuilt).map_into_right_body(),
            None => response.map_into_left_body(),
        };
        let status = response.status().as_u16();
        let seconds = start.elapsed().as_secs_f64();
        info!(http.route = route, http.status = status, seconds, "request answered");
        let labels = [("route", route), ("method", method.to_owned()), ("status", status.to_string())];
        metrics::counter!("shepherd_http_requests_total", &labels).increment(1);
        metrics::histogram!("shepherd_http_request_duration_seconds", &labels).record(seconds);
        metrics::counter!("shepherd_db_round_trips_total", &labels).increment(counts.round_trips + more.round_trips);
        metrics::counter!("shepherd_db_commits_total", &labels).increment(counts.commits);
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        Ok(response)
    };
    answered.instrument(span).await
}

/// A handler that met a bug. Its request is answered as any other failure of ours, and everybody else is served on.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked(Uuid);

impl ResponseError for Panicked {
    fn error_response(&self) -> HttpResponse {
        let mut response = Problem::from(Code::Internal).response(self.0);
        if let Ok(value) = HeaderValue::from_str(&self.0.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
}

/// The session's refusal, where something else was refused before anybody asked for the session: who may not call at
/// all is told so, and learns nothing about what the call takes.
async fn session_first(request: &HttpRequest, problem: Option<&Problem>, counts: Counts) -> Option<Problem> {
    let refused = problem.is_some_and(|problem| problem.status_code().is_client_error());
    if !refused || counts.round_trips > 0 {
        return None;
    }
    let ctx = request.extensions().get::<Unasked>().map(|unasked| unasked.0.clone())?;
    match request.app_data::<web::Data<App>>()?.store.session_check(&ctx).await {
        Err(StoreError::Refused(refusal)) => Some(refusal.into()),
        // Without the database the first refusal is as true as before.
        Ok(()) | Err(_) => None,
    }
}

/// An error with its causes, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
