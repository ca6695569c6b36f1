//! People who note every call they make: the clients' journal.

use chrono::Utc;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shepherd_tests::client::Client;
use shepherd_tests::contract;
use shepherd_tests::people::Person;
use shepherd_witness::client::{Call, Outcome};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Longest wait for an answer; the server answers or gives up before.
const PATIENCE: Duration = Duration::from_secs(12);

/// The journal that all people of a run write.
pub(crate) struct Journal {
    file: Mutex<File>,
    n_calls: AtomicU64,
    n_unknown: AtomicU64,
    /// Answers that the contract does not know.
    strange: Mutex<Vec<String>>,
}

impl Journal {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Arc<Self>> {
        let file = Mutex::new(File::create(path)?);
        let (n_calls, n_unknown) = Default::default();
        Ok(Arc::new(Self { file, n_calls, n_unknown, strange: Mutex::default() }))
    }

    /// Calls, and those without an answer.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.n_calls.load(Ordering::Relaxed), self.n_unknown.load(Ordering::Relaxed))
    }

    /// Answers that the contract does not know.
    pub(crate) fn strange(&self) -> Vec<String> {
        self.strange.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, call: &Call) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(call)?;
        line.push(b'\n');
        Ok(self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)?)
    }
}

/// Somebody who calls the API and notes it.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) id: Uuid,
    client: Client,
    journal: Arc<Journal>,
}

/// What is asked.
pub(crate) struct Question<'a> {
    pub(crate) operation: &'a str,
    pub(crate) subject: Option<Uuid>,
    pub(crate) key: Option<&'a str>,
    pub(crate) body: Option<&'a Value>,
}

impl Caller {
    pub(crate) fn new(person: &Person, journal: &Arc<Journal>) -> anyhow::Result<Self> {
        Ok(Self { id: person.id.parse()?, client: person.client.clone(), journal: Arc::clone(journal) })
    }

    /// Reads one thing.
    pub(crate) async fn view(&self, operation: &str, subject: Option<Uuid>) -> anyhow::Result<Call> {
        self.ask(Question { operation, subject, key: None, body: None }).await.map(|(call, _)| call)
    }

    /// Asks, notes the call, and answers it with the text of an answer that is not JSON.
    pub(crate) async fn ask(&self, question: Question<'_>) -> anyhow::Result<(Call, String)> {
        let operation = contract::operation(question.operation)?;
        let path = operation.at(&question.subject.unwrap_or_default().to_string());
        let path = path.ok_or_else(|| anyhow::anyhow!("{} has no path of the API", operation.id))?;
        let mut request = self.client.request(operation.method.clone(), &path).timeout(PATIENCE);
        if let Some(body) = question.body {
            request = request.json(body);
        }
        if let Some(key) = question.key {
            request = request.header("Idempotency-Key", key);
        }
        let body = question.body.map(Value::to_string).unwrap_or_default();
        let id = self.journal.n_calls.fetch_add(1, Ordering::Relaxed) + 1;
        let started_at = Utc::now();
        let (outcome, text) = self.answer(&operation.method, &format!("/api/v1{path}"), request).await;
        let call = Call {
            id,
            actor: self.id,
            operation: operation.id.clone(),
            subject: question.subject,
            key: question.key.map(str::to_owned),
            digest: hex::encode(Sha256::digest(format!("{path} {body}"))),
            started_at,
            ended_at: Utc::now(),
            outcome,
        };
        self.journal.n_unknown.fetch_add(u64::from(call.is_unknown()), Ordering::Relaxed);
        self.journal.write(&call)?;
        Ok((call, text))
    }

    async fn answer(&self, method: &Method, path: &str, request: reqwest::RequestBuilder) -> (Outcome, String) {
        let unknown = |error: &dyn std::error::Error| {
            let causes = std::iter::successors(Some(error), |error| error.source());
            let cause = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            (Outcome::Unknown { cause }, String::new())
        };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return unknown(&error),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return unknown(&error),
        };
        // The HTTP layer's own, when no request arrived in time; the API's has a body.
        if status == StatusCode::REQUEST_TIMEOUT && text.is_empty() {
            return (Outcome::Unknown { cause: "408 before the request was read".to_owned() }, text);
        }
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // Lines of an export are kept as a file of their own.
        let answer: Value = if kind.contains("json") && !kind.contains("ndjson") {
            serde_json::from_str(&text).unwrap_or_default()
        } else {
            Value::Null
        };
        if let Err(error) = contract::check(method, path, status, kind, &answer) {
            self.journal.strange.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{error:#}"));
        }
        (Outcome::Answered { status: status.as_u16(), answer }, text)
    }
}
