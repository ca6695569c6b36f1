//! Which calls a fault is meant for.

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::request::Target;

/// Conditions on a call; an absent one is met by all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matcher {
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    /// `virtualmachines` takes in subresources, `virtualmachines/status` is that one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_regex: Option<PathRegex>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct PathRegex(Regex);

impl Matcher {
    pub fn matches(&self, target: &Target) -> bool {
        let verb = self.verb.as_ref();
        let resource = self.resource.as_ref();
        let path = self.path_regex.as_ref();
        verb.is_none_or(|verb| *verb == target.verb)
            && resource.is_none_or(|resource| covers(resource, target))
            && fits(&self.namespace, &target.namespace)
            && fits(&self.name, &target.name)
            && path.is_none_or(|path| path.0.is_match(&target.path))
    }
}

impl TryFrom<String> for PathRegex {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<PathRegex, regex::Error> {
        Regex::new(&text).map(PathRegex)
    }
}

impl From<PathRegex> for String {
    fn from(path: PathRegex) -> String {
        path.0.as_str().to_owned()
    }
}

/// Exact text, or a prefix before `*`.
fn fits(pattern: &Option<String>, text: &Option<String>) -> bool {
    let Some(pattern) = pattern else {
        return true;
    };
    text.as_ref().is_some_and(|text| match pattern.strip_suffix('*') {
        Some(prefix) => text.starts_with(prefix),
        None => text == pattern,
    })
}

fn covers(pattern: &str, target: &Target) -> bool {
    let (resource, subresource) = match pattern.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (pattern, None),
    };
    target.resource.as_deref() == Some(resource)
        && (subresource.is_none() || target.subresource.as_deref() == subresource)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Method, Uri};
    use serde_json::{Value, json};

    const WEB: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines/web-1";

    fn matches(conditions: Value, method: Method, url: &'static str) -> Result<bool, String> {
        let matcher = serde_json::from_value::<Matcher>(conditions);
        let target = Target::parse(&method, &Uri::from_static(url));
        let told = matcher.map(|matcher| matcher.matches(&target));
        told.map_err(|error| error.to_string())
    }

    #[test]
    fn conditions_are_exact_or_prefixes() {
        let table = [
            (json!({}), true),
            (json!({"verb": "patch"}), true),
            (json!({"verb": "delete"}), false),
            (json!({"resource": "virtualmachines"}), true),
            (json!({"resource": "virtualmachines/status"}), false),
            (json!({"name": "web-*", "namespace": "d*"}), true),
            (json!({"name": "web"}), false),
            (json!({"namespace": "de"}), false),
            (json!({"path_regex": "^/apis/kubevirt.io/v[0-9]+/"}), true),
            (json!({"path_regex": "^/api/"}), false),
        ];
        for (conditions, expected) in table {
            let found = matches(conditions.clone(), Method::PATCH, WEB);
            assert_eq!(found, Ok(expected), "{conditions}");
        }
        let nameless = matches(json!({"name": "*"}), Method::GET, "/version");
        assert_eq!(nameless, Ok(false));
        let status = "/api/v1/namespaces/dev/pods/web/status";
        let exact = matches(json!({"resource": "pods/status"}), Method::PUT, status);
        let whole = matches(json!({"resource": "pods"}), Method::PUT, status);
        assert_eq!((exact, whole), (Ok(true), Ok(true)));
        assert!(matches(json!({"path_regex": "("}), Method::GET, WEB).is_err());
    }
}
