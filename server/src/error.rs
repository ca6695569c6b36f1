//! From a refusal or a failure to `application/problem+json`.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;
use shepherd_domain::{Code, Refusal};
use shepherd_store::Error as StoreError;
use std::fmt;
use uuid::Uuid;

/// Result of a handler.
pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

/// Error of a handler. The request id is added by the middleware that also logs what is our fault, once.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

/// Boxed, so that the results of handlers stay small.
#[derive(Debug)]
struct Parts {
    refusal: Refusal,
    cause: Option<StoreError>,
}

impl Problem {
    /// Body for the client.
    pub(crate) fn response(&self, request_id: Uuid) -> HttpResponse {
        let status = StatusCode::from_u16(self.0.refusal.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        if let Some(seconds) = self.retry_after() {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let body = shepherd_api::problem::Problem::new(&self.0.refusal, request_id);
        let text = serde_json::to_string(&body).unwrap_or_default();
        response.insert_header((CONTENT_TYPE, "application/problem+json")).body(text)
    }

    /// What went wrong on our side, if it did.
    pub(crate) fn cause(&self) -> Option<&StoreError> {
        self.0.cause.as_ref()
    }

    /// Seconds after which trying again makes sense.
    fn retry_after(&self) -> Option<u64> {
        let given = self.0.refusal.params.get("retry_after").and_then(serde_json::Value::as_u64);
        match self.0.refusal.code {
            Code::RateLimited | Code::DependencyUnavailable => Some(given.unwrap_or(1)),
            _ => given,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.refusal.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.refusal.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.response(Uuid::nil())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(Parts { refusal, cause: None }))
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Refusal::new(code).into()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::Unavailable(_) => {
                let params = json!({"dependency": "database"});
                Self(Box::new(Parts {
                    refusal: Refusal::new(Code::DependencyUnavailable).with(params),
                    cause: Some(error),
                }))
            }
            StoreError::Replayed(_) | StoreError::Query(_) | StoreError::Stored(_) => {
                Self(Box::new(Parts { refusal: Refusal::new(Code::Internal), cause: Some(error) }))
            }
        }
    }
}
