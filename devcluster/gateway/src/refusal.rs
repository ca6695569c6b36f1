//! Answers the gateway gives by itself: Kubernetes `Status` objects as the API server writes them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    reason: String,
    message: String,
    retry_after: Option<u64>,
}

impl Refusal {
    pub fn new(status: u16) -> Refusal {
        let (reason, message) = usual(status);
        Refusal {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            reason: reason.to_owned(),
            message: message.to_owned(),
            retry_after: None,
        }
    }

    pub fn with(mut self, reason: Option<String>, message: Option<String>, retry_after: Option<u64>) -> Refusal {
        self.reason = reason.unwrap_or(self.reason);
        self.message = message.unwrap_or(self.message);
        self.retry_after = retry_after;
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.object().to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// Line that tells a watch of the refusal.
    pub fn event(&self) -> Bytes {
        let event = json!({"type": "ERROR", "object": self.object()});
        Bytes::from(format!("{event}\n"))
    }

    fn object(&self) -> Value {
        let mut object = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.status.as_u16(),
        });
        if let Some(seconds) = self.retry_after {
            object["details"] = json!({"retryAfterSeconds": seconds});
        }
        object
    }
}

/// Reason and message the API server gives for a status.
fn usual(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("BadRequest", "the request was refused as malformed"),
        401 => ("Unauthorized", "Unauthorized"),
        403 => ("Forbidden", "the request was forbidden"),
        404 => ("NotFound", "the server could not find the requested resource"),
        409 => {
            ("Conflict", "the object has been modified; please apply your changes to the latest version and try again")
        }
        410 => ("Expired", "The resourceVersion for the provided watch is too old."),
        422 => ("Invalid", "the object is invalid"),
        429 => ("TooManyRequests", "Too many requests, please try again later."),
        500 => ("InternalError", "Internal error occurred: injected by the gateway"),
        503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
        504 => ("Timeout", "Timeout: request did not complete within the allotted timeout"),
        _ => ("", "injected by the gateway"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_carry_reason_code_and_wait() {
        let refusal = Refusal::new(429).with(None, None, Some(3));
        let expected = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "Too many requests, please try again later.",
            "reason": "TooManyRequests", "code": 429, "details": {"retryAfterSeconds": 3},
        });
        assert_eq!(refusal.object(), expected);
        assert_eq!(refusal.response().headers()[RETRY_AFTER], "3");
        assert!(Refusal::new(410).event().ends_with(b"}\n"));
    }
}
