//! What the contract says about a route, held against requests: its methods, and the parameters of each.

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody, None as NoBody, SizedStream};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpRequest};
use futures_util::stream;
use serde_json::json;
use shepherd_domain::{Code, Refusal};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::LazyLock;
use url::form_urlencoded;
use utoipa::OpenApi as _;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};

use crate::error::Problem;
use crate::openapi::Contract;

/// Longest query.
const MAX_QUERY: usize = 8192;
/// Most characters of a wrong parameter's name that are told.
const MAX_NAME: usize = 64;

/// Names of query parameters of each method of a path.
type Methods = HashMap<Method, HashSet<String>>;

static ROUTES: LazyLock<HashMap<String, Methods>> = LazyLock::new(|| {
    let paths = Contract::openapi().paths.paths;
    paths
        .into_iter()
        .map(|(path, item)| {
            let operations = [
                (Method::GET, item.get),
                (Method::POST, item.post),
                (Method::PUT, item.put),
                (Method::PATCH, item.patch),
                (Method::DELETE, item.delete),
            ];
            (path, operations.into_iter().filter_map(|(method, of)| Some((method, parameters(of?)))).collect())
        })
        .collect()
});

fn parameters(operation: Operation) -> HashSet<String> {
    let all = operation.parameters.into_iter().flatten();
    all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name),
        _ => None,
    })
    .collect()
}

/// Makes the table now rather than with the first request.
pub(crate) fn prepare() {
    LazyLock::force(&ROUTES);
}

/// Refuses query parameters that the operation does not have, or that come twice. A request without a query, as most
/// are, costs nothing.
pub(crate) async fn known_parameters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if !request.query_string().is_empty()
        && let Some(names) = names(request.request())
        && let Err(refusal) = check(request.query_string(), names)
    {
        // An answer, not an error: only an answer gets its id and is logged.
        return Ok(request.error_response(Problem::from(refusal)).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn names(request: &HttpRequest) -> Option<&'static HashSet<String>> {
    ROUTES.get(&request.match_pattern()?)?.get(request.method())
}

fn check(query: &str, names: &HashSet<String>) -> Result<(), Refusal> {
    let refuse = |params| Err(Refusal::new(Code::InvalidQuery).with(params));
    if query.len() > MAX_QUERY {
        return refuse(json!({"rule": "length", "maximum": MAX_QUERY}));
    }
    let mut seen: HashSet<Cow<'_, str>> = HashSet::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let told: String = name.chars().take(MAX_NAME).collect();
        if !names.contains(name.as_ref()) {
            return refuse(json!({"parameter": told, "rule": "unknown"}));
        }
        if value.contains('\0') {
            return refuse(json!({"parameter": told, "rule": "characters"}));
        }
        if !seen.insert(name) {
            return refuse(json!({"parameter": told, "rule": "repeated"}));
        }
    }
    Ok(())
}

/// Refuses a method that the route does not have, and names those it has.
///
/// # Errors
/// `METHOD_NOT_ALLOWED`, always.
pub(crate) async fn other_method(request: HttpRequest) -> Result<&'static str, Problem> {
    let methods = request.match_pattern().and_then(|pattern| ROUTES.get(&pattern));
    let mut allowed: Vec<&str> = methods.into_iter().flatten().map(|(method, _)| method.as_str()).collect();
    // What is outside the contract is only read.
    if methods.is_none() {
        allowed.push("GET");
    }
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    allowed.sort_unstable();
    Err(Refusal::new(Code::MethodNotAllowed).with(json!({"allowed": allowed})).into())
}

/// Answers HEAD as GET, without the body.
pub(crate) async fn head<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if request.method() != Method::HEAD {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    request.head_mut().method = Method::GET;
    let response = next.call(request).await?;
    // The body goes away here, so that nothing that streams is left running; its length is still told.
    Ok(response.map_body(|_, body| {
        let nothing = stream::empty::<Result<Bytes, Infallible>>();
        EitherBody::right(match body.size() {
            BodySize::Sized(length) => BoxBody::new(SizedStream::new(length, nothing)),
            BodySize::None | BodySize::Stream => BoxBody::new(NoBody::new()),
        })
    }))
}

/// The method as a label: a client may make up as many others as it likes.
pub(crate) fn label(method: &Method) -> &'static str {
    const NAMED: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    const WORDS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    NAMED.iter().zip(WORDS).find(|(named, _)| *named == method).map_or("other", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_passes_and_only_once() {
        let names: HashSet<String> = ["page", "q"].map(str::to_owned).into();
        let rule = |query: &str| check(query, &names).err().map(|refusal| refusal.params);
        for query in ["", "page=1", "q=&page=x", "q=a%20b", "&"] {
            assert_eq!(rule(query), None, "{query}");
        }
        let table = [
            ("x=1", "x", "unknown"),
            ("page=1&Page=2", "Page", "unknown"),
            ("%zz", "%zz", "unknown"),
            ("=", "", "unknown"),
            ("page=1&page=1", "page", "repeated"),
            ("q=%00", "q", "characters"),
        ];
        for (query, parameter, expected) in table {
            assert_eq!(rule(query), Some(json!({"parameter": parameter, "rule": expected})), "{query}");
        }
        let long = rule(&"x".repeat(1000));
        assert_eq!(long.map(|params| params["parameter"].as_str().map(str::len)), Some(Some(MAX_NAME)));
        assert_eq!(rule(&format!("q={}", "x".repeat(MAX_QUERY))).map(|p| p["rule"].clone()), Some("length".into()));
    }

    #[test]
    fn made_up_methods_share_one_label() {
        assert_eq!(label(&Method::PATCH), "PATCH");
        for method in ["BREAK0", "get", "PROPFIND"] {
            assert_eq!(Method::from_bytes(method.as_bytes()).map(|method| label(&method)).ok(), Some("other"));
        }
    }
}
