//! An API server that says what a test tells it to, one answer per request.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tower::BoxError;

/// What was asked, in order, as `METHOD path?query`.
#[derive(Clone, Default)]
pub(super) struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Client of a server that gives these answers: a status, and objects one per line. After the last
/// answer it stays silent.
pub(super) fn client(answers: Vec<(u16, Vec<Value>)>) -> (Client, Journal) {
    let journal = Journal::default();
    let written = journal.clone();
    let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
    let service = tower::service_fn(move |request: Request<Body>| {
        let line = format!("{} {}", request.method(), request.uri());
        written.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        let answer = answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        async move {
            let Some((status, lines)) = answer else {
                return std::future::pending::<Result<Response<Body>, BoxError>>().await;
            };
            let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
            Ok(Response::builder().status(status).body(Body::from(body.into_bytes()))?)
        }
    });
    (Client::new(service, "default"), journal)
}

/// `Status` of an error.
pub(super) fn error(code: u16, reason: &str, message: &str) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message})
}

/// Denial by RBAC.
pub(super) fn denial() -> Value {
    error(403, "Forbidden", "virtualmachines.kubevirt.io is forbidden: User \"w\" cannot list resource")
}
