//! Strict reading of bodies, queries and ids: what is not in the contract is refused by name.

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shepherd_domain::{Code, Refusal};
use std::time::Duration;
use tokio::time::timeout;
use url::form_urlencoded;
use uuid::Uuid;

use crate::error::Problem;
use crate::json;

/// Most bytes of a body.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Deepest nesting of a body.
const MAX_DEPTH: usize = 32;

/// JSON body, with the value it was read from.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) raw: Value,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
        });
        let mut payload = payload.take();
        let length = request.headers().get("content-length").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        async move {
            if !json {
                return Err(Code::UnsupportedMediaType.into());
            }
            if length.is_some_and(|length: usize| length > MAX_BODY) {
                return Err(too_large());
            }
            read(&in_time(&mut payload).await?)
        }
        .boxed_local()
    }
}

impl Body<Value> {
    /// Reads the body after `rule` has seen all of it, so that the rule's own refusal comes before that of an
    /// unknown field.
    ///
    /// # Errors
    /// The rule's, and those of every body.
    pub(crate) fn after<T: DeserializeOwned>(
        self,
        rule: impl FnOnce(&Value) -> Result<(), Refusal>,
    ) -> Result<Body<T>, Problem> {
        rule(&self.raw)?;
        parse(self.raw)
    }
}

/// The whole body. Who lets us wait for it holds a connection that costs them nothing.
///
/// # Errors
/// `REQUEST_TIMEOUT`, `PAYLOAD_TOO_LARGE`, `MALFORMED_BODY` for one that breaks off.
pub(crate) async fn in_time(payload: &mut Payload) -> Result<Vec<u8>, Problem> {
    timeout(PATIENCE, collect(payload)).await.unwrap_or_else(|_| Err(Code::RequestTimeout.into()))
}

async fn collect(payload: &mut Payload) -> Result<Vec<u8>, Problem> {
    use futures_util::StreamExt;
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(),
            _ => Code::MalformedBody.into(),
        })?;
        if bytes.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large() -> Problem {
    Refusal::new(Code::PayloadTooLarge).with(json!({"maximum": MAX_BODY})).into()
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    let raw = json::read(bytes).map_err(|_| Problem::from(Code::MalformedBody))?;
    if let Some(pointer) = illegal(&raw, &mut String::new(), 0) {
        return Err(Refusal::invalid(pointer, "CHARACTERS", json!({})).into());
    }
    if !raw.is_object() {
        return Err(Refusal::invalid("", "TYPE", json!({})).into());
    }
    if let Some(pointer) = misplaced(&raw, "") {
        return Err(Refusal::invalid(pointer, "TYPE", json!({})).into());
    }
    parse(raw)
}

fn parse<T: DeserializeOwned>(raw: Value) -> Result<Body<T>, Problem> {
    let value = serde_path_to_error::deserialize(&raw).map_err(|error| refusal(&error))?;
    Ok(Body { value, raw })
}

/// Member whose content is KubeVirt's, not ours.
const FREE: &str = "spec_overrides";

/// Pointer of a list of anything but objects. Serde would take it as the members of an object in their order, and
/// no body of the contract has one.
fn misplaced(value: &Value, at: &str) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| match item {
            Value::Object(_) => misplaced(item, &format!("{at}/{i}")),
            _ => Some(at.to_owned()),
        }),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != FREE)
            .find_map(|(name, value)| misplaced(value, &below(at, name))),
        _ => None,
    }
}

/// Pointer of a string that PostgreSQL cannot hold, or of nesting that nobody needs.
fn illegal(value: &Value, at: &mut String, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return Some(at.clone());
    }
    match value {
        Value::String(text) if text.contains('\0') => Some(at.clone()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, item)| illegal(item, &mut format!("{at}/{i}"), depth + 1))
        }
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let mut here = below(at, name);
            if name.contains('\0') { Some(at.clone()) } else { illegal(value, &mut here, depth + 1) }
        }),
        _ => None,
    }
}

/// Pointer of a member (RFC 6901): a name may hold what separates names.
fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What serde says, as a code with a pointer. Serde has no other form than its words.
fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let words = error.inner().to_string();
    let parent = pointer(error.path());
    let named = |prefix: &str| words.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    if let Some(field) = named("unknown field `") {
        let at = if parent.ends_with(&below("", &field)) { parent } else { below(&parent, &field) };
        let refusal = Refusal::new(Code::InvalidRequestField).with(json!({"field": field}));
        return refusal.field(at, "UNKNOWN_FIELD", json!({})).into();
    }
    match named("missing field `") {
        Some(field) => Refusal::invalid(below(&parent, &field), "REQUIRED", json!({})).into(),
        None => Refusal::invalid(parent, "TYPE", json!({})).into(),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(below("", key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Query parameters.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        // Which parameters there are was asked before, so only a value can be wrong.
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        ready(read.map(Self).map_err(|error| {
            let params = json!({"parameter": error.path().to_string(), "rule": "type"});
            Refusal::new(Code::InvalidQuery).with(params).into()
        }))
    }
}

/// Id in the path. Anything that is no id, written as we write it, names nothing that exists.
pub(crate) struct PathId(pub(crate) Uuid);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("id").unwrap_or_default();
        // One thing, one address: braces, capitals and the like are other names of the same number.
        let id = text.parse().ok().filter(|id: &Uuid| id.to_string() == text);
        ready(id.map(Self).ok_or_else(|| Code::NotFound.into()))
    }
}

/// Answers bodies of the wrong size or kind that actix refuses by itself.
pub(crate) fn payload_config() -> web::PayloadConfig {
    web::PayloadConfig::new(MAX_BODY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use actix_web::body::MessageBody as _;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Sample {
        name: String,
        nested: Option<Nested>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Nested {
        count: i32,
    }

    #[test]
    fn each_kind_of_wrong_body_has_its_status() {
        let table = [
            ("{", 400),
            (r#"{"name": "a", "name": "a"}"#, 400),
            (r#"{"name": "a", "nested": {"count": 1, "count": 2}}"#, 400),
            (r#"{"name": "a", "cluster_id": 1}"#, 400),
            (r#"{"nested": {"count": 1}}"#, 422),
            (r#"{"name": 1}"#, 422),
            (r#"{"name": "a", "nested": {"count": "x"}}"#, 422),
            (r#"{"name": "a\u0000"}"#, 422),
            ("[]", 422),
            (r#"["a", {"count": 1}]"#, 422),
        ];
        for (text, status) in table {
            let found = read::<Sample>(text.as_bytes()).err().map(|problem| problem.status_code().as_u16());
            assert_eq!(found, Some(status), "{text}");
        }
        assert!(read::<Sample>(br#"{"name": "a"}"#).is_ok());
    }

    #[test]
    fn a_pointer_leads_to_the_member_whatever_its_name() {
        let table = [
            (r#"{"name": "a", "b/c~d": 1}"#, "/b~1c~0d"),
            (r#"{"name": "a", "nested": {"count": 1, "/": 2}}"#, "/nested/~1"),
            (r#"{"a/b": {"c": "\u0000"}}"#, "/a~1b/c"),
            (r#"{"a/b": [1]}"#, "/a~1b"),
        ];
        for (text, pointer) in table {
            let problem = read::<Sample>(text.as_bytes()).err().expect("a wrong member").response(Uuid::nil());
            let body = problem.into_body().try_into_bytes().expect("a body that is there");
            let body: Value = serde_json::from_slice(&body).expect("a problem");
            assert_eq!(body["errors"][0]["pointer"], pointer, "{text}");
        }
    }

    #[test]
    fn a_rule_comes_before_the_fields() {
        let body = || Body { value: json!({"cpu": 1}), raw: json!({"cpu": 1}) };
        let refuse = |_: &Value| Err(Refusal::new(Code::TemplateSpecViolation));
        let code = |read: Result<Body<Sample>, Problem>| read.err().map(|problem| problem.to_string());
        assert_eq!(code(body().after(refuse)).as_deref(), Some("TEMPLATE_SPEC_VIOLATION"));
        assert_eq!(code(body().after(|_| Ok(()))).as_deref(), Some("INVALID_REQUEST_FIELD"));
    }
}
