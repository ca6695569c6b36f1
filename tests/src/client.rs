//! The API as a client sees it.

use anyhow::Context as _;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::contract;

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Client {
    /// Nobody, at a server.
    pub fn anonymous(base: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned(), token: None }
    }

    /// The same server with an access token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same on a connection that it shares with nobody.
    pub fn on_its_own_connection(&self) -> Self {
        Self { http: reqwest::Client::new(), ..self.clone() }
    }

    /// The same from another address of this machine.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn from_address(&self, address: std::net::IpAddr) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().local_address(address).build()?;
        Ok(Self { http, ..self.clone() })
    }

    /// A call to be completed; `path` begins below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// # Errors
    /// When the server does not answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        send(self.request(Method::GET, path)).await
    }

    /// # Errors
    /// When the server does not answer.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// # Errors
    /// When the server does not answer.
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    /// # Errors
    /// When the server does not answer.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        send(self.request(Method::DELETE, path)).await
    }

    /// The access token, if it has one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// Sends a call and reads the answer: JSON, nothing, or other text as a string. An answer of the API must be what the
/// contract says.
///
/// # Errors
/// When the server does not answer, or with something that is not in the contract.
pub async fn send(request: RequestBuilder) -> anyhow::Result<Answer> {
    let (http, request) = request.build_split();
    let request = request?;
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = http.execute(request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes = response.bytes().await?;
    let body = match kind {
        _ if bytes.is_empty() => Value::Null,
        "application/x-ndjson" | "application/yaml" => Value::String(String::from_utf8(bytes.to_vec())?),
        _ => serde_json::from_slice(&bytes).context("JSON")?,
    };
    if path.starts_with("/api/v1/") {
        contract::check(&method, &path, status, kind, &body)?;
    }
    Ok(Answer { status, headers, body })
}

impl Answer {
    /// The body, if the status is the one that is expected.
    ///
    /// # Errors
    /// For any other status, with the body.
    pub fn expect(self, status: u16) -> anyhow::Result<Value> {
        anyhow::ensure!(self.status.as_u16() == status, "expected {status}, got {}: {}", self.status, self.body);
        Ok(self.body)
    }

    /// The parameters of a problem with that status and code.
    ///
    /// # Errors
    /// For anything else.
    pub fn problem(self, status: u16, code: &str) -> anyhow::Result<Value> {
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        anyhow::ensure!(kind == "application/problem+json", "expected a problem, got {kind}: {}", self.body);
        let found = (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default());
        anyhow::ensure!(found == (status, code), "expected {status} {code}, got {found:?}: {}", self.body);
        anyhow::ensure!(self.body["status"] == status, "the body's status differs: {}", self.body);
        Ok(self.body["params"].clone())
    }
}

/// A member of a body that must be text.
///
/// # Errors
/// When it is missing.
pub fn text<'a>(body: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    body[name].as_str().with_context(|| format!("{name} in {body}"))
}
