//! The REST API as this program uses it.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

const BOUND: Duration = Duration::from_secs(30);

pub struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

/// What the API says instead of an answer.
#[derive(Debug)]
pub struct Problem {
    pub status: u16,
    pub code: String,
    params: Value,
    request: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, code, params, request } = self;
        write!(out, "{request}: {status} {code} {params}")
    }
}

impl std::error::Error for Problem {}

impl Client {
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder().timeout_global(Some(BOUND)).http_status_as_error(false);
        Self { agent: config.build().into(), url: url.to_owned(), token: None }
    }

    /// The same server as somebody.
    pub fn with_token(&self, token: &str) -> Self {
        Self { agent: self.agent.clone(), url: self.url.clone(), token: Some(token.to_owned()) }
    }

    pub fn get(&self, path: &str) -> Result<Value> {
        self.call("GET", path, None, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, Some(body), None)
    }

    /// A POST that may be sent again and acts once.
    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, Some(body), Some(key))
    }

    /// A page that is no JSON, at the root.
    pub fn text(&self, path: &str) -> Result<String> {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call().with_context(|| format!("GET {path}"))?;
        answer.body_mut().read_to_string().with_context(|| format!("reading {path}"))
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> Result<Value> {
        let request = format!("{method} /api/v1{path}");
        let mut builder = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.url))
            .header("content-type", "application/json");
        if let Some(token) = &self.token {
            builder = builder.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            builder = builder.header("idempotency-key", key);
        }
        let answer = match body {
            Some(body) => self.agent.run(builder.body(body.to_string())?),
            None if method == "GET" => self.agent.run(builder.body(())?),
            None => self.agent.run(builder.body(String::new())?),
        };
        let mut answer = answer.with_context(|| request.clone())?;
        let text = answer.body_mut().read_to_string().with_context(|| format!("reading {request}"))?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let status = answer.status();
        if status.is_success() {
            return Ok(value);
        }
        let code = value["code"].as_str().unwrap_or("without a code").to_owned();
        let params = if value["errors"].is_array() { value["errors"].clone() } else { value["params"].clone() };
        Err(Problem { status: status.as_u16(), code, params, request }.into())
    }
}

/// Whether the API refused with this status.
pub fn is_refused(error: &anyhow::Error, status: u16) -> bool {
    error.downcast_ref::<Problem>().is_some_and(|problem| problem.status == status)
}

/// A text out of an answer.
pub fn field(value: &Value, name: &str) -> Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("the answer lacks {name}: {value}"))
}
