//! What a call is about, read from method and URL exactly as kube-apiserver reads them.

use http::{Method, Uri};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

/// Target of one call; `name` may later be filled in from the body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub verb: String,
    pub method: String,
    pub path: String,
    pub query: String,
    pub api_group: Option<String>,
    pub resource: Option<String>,
    pub subresource: Option<String>,
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub field_manager: Option<String>,
    pub dry_run: bool,
}

impl Target {
    pub fn parse(method: &Method, uri: &Uri) -> Target {
        let query = Query::parse(uri.query().unwrap_or_default());
        let mut target = Target {
            verb: method.as_str().to_ascii_lowercase(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            field_manager: query.field_manager,
            dry_run: query.dry_run,
            ..Target::default()
        };
        let parts: Vec<&str> = uri.path().split('/').filter(|p| !p.is_empty()).collect();
        let Some((group, rest)) = group_and_rest(&parts) else {
            return target;
        };
        let (legacy_watch, rest) = match rest {
            ["watch", rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        target.api_group = Some(group.to_owned());
        target.place(rest);
        target.name = target.name.or(query.name);
        target.verb = verb(method, rest_names_object(rest), query.watch, legacy_watch).to_owned();
        target
    }

    /// Splits what follows the version into namespace, resource, name and subresource.
    fn place(&mut self, rest: &[&str]) {
        let own = |part: &&str| (*part).to_owned();
        self.namespace = match rest {
            ["namespaces", namespace, ..] => Some((*namespace).to_owned()),
            _ => None,
        };
        let parts = object_parts(rest);
        self.resource = parts.first().map(own);
        self.name = parts.get(1).map(own);
        self.subresource = parts.get(2).map(own);
    }

    pub fn is_watch(&self) -> bool {
        self.verb == "watch"
    }
}

/// API group (`""` for the core) and what follows the version; none for other URLs.
fn group_and_rest<'a>(parts: &'a [&'a str]) -> Option<(&'a str, &'a [&'a str])> {
    match parts {
        ["api", _version, rest @ ..] if !rest.is_empty() => Some(("", rest)),
        ["apis", group, _version, rest @ ..] if !rest.is_empty() => Some((group, rest)),
        _ => None,
    }
}

/// Leaves out `namespaces/<name>` in front of a namespaced resource.
fn object_parts<'a>(rest: &'a [&'a str]) -> &'a [&'a str] {
    match rest {
        ["namespaces", _, "status" | "finalize", ..] => rest,
        ["namespaces", _, resource @ ..] if !resource.is_empty() => resource,
        _ => rest,
    }
}

fn rest_names_object(rest: &[&str]) -> bool {
    object_parts(rest).len() > 1
}

fn verb(method: &Method, named: bool, watch: bool, legacy_watch: bool) -> &'static str {
    if legacy_watch {
        return "watch";
    }
    match (method.as_str(), named) {
        ("GET" | "HEAD", true) => "get",
        ("GET" | "HEAD", false) if watch => "watch",
        ("GET" | "HEAD", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => "unknown",
    }
}

/// The parameters of a query that say what a call does.
#[derive(Default)]
struct Query {
    watch: bool,
    dry_run: bool,
    field_manager: Option<String>,
    name: Option<String>,
}

impl Query {
    fn parse(text: &str) -> Query {
        let mut query = Query::default();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            match key.as_ref() {
                "watch" => query.watch = !matches!(value.as_ref(), "0" | "false" | "False"),
                "dryRun" => query.dry_run |= value == "All",
                "fieldManager" => query.field_manager = Some(value.into_owned()),
                "fieldSelector" => query.name = name_in_selector(&value),
                _ => {}
            }
        }
        query
    }
}

fn name_in_selector(selector: &str) -> Option<String> {
    let one = |term: &str| {
        let name = term.strip_prefix("metadata.name=")?;
        Some(name.strip_prefix('=').unwrap_or(name).to_owned())
    };
    selector.split(',').find_map(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// verb, API group, resource, subresource, namespace, name; `-` where there is none.
    fn told(method: &Method, url: &'static str) -> [String; 6] {
        let target = Target::parse(method, &Uri::from_static(url));
        let or_dash = |part: Option<String>| part.unwrap_or("-".to_owned());
        [
            target.verb,
            or_dash(target.api_group),
            or_dash(target.resource),
            or_dash(target.subresource),
            or_dash(target.namespace),
            or_dash(target.name),
        ]
    }

    #[test]
    fn urls_are_read_as_the_api_server_reads_them() {
        const VMS: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines";
        const WEB: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines/web";
        const START: &str = "/apis/subresources.kubevirt.io/v1/namespaces/dev/virtualmachines/web/start";
        let vm = "virtualmachines";
        #[rustfmt::skip]
        let table = [
            (Method::GET, "/version", ["get", "-", "-", "-", "-", "-"]),
            (Method::GET, "/apis/kubevirt.io/v1", ["get", "-", "-", "-", "-", "-"]),
            (Method::GET, "/api/v1", ["get", "-", "-", "-", "-", "-"]),
            (Method::GET, "/api/v1/nodes", ["list", "", "nodes", "-", "-", "-"]),
            (Method::GET, "/api/v1/nodes/n1", ["get", "", "nodes", "-", "-", "n1"]),
            (Method::GET, "/api/v1/namespaces", ["list", "", "namespaces", "-", "-", "-"]),
            (Method::GET, "/api/v1/namespaces/dev", ["get", "", "namespaces", "-", "dev", "dev"]),
            (Method::PUT, "/api/v1/namespaces/dev/finalize", ["update", "", "namespaces", "finalize", "dev", "dev"]),
            (Method::PATCH, "/api/v1/namespaces/dev/pods/p/status", ["patch", "", "pods", "status", "dev", "p"]),
            (Method::GET, "/api/v1/namespaces/status/pods", ["list", "", "pods", "-", "status", "-"]),
            (Method::POST, "/api/v1/namespaces/dev/pods", ["create", "", "pods", "-", "dev", "-"]),
            (Method::GET, VMS, ["list", "kubevirt.io", vm, "-", "dev", "-"]),
            (Method::DELETE, VMS, ["deletecollection", "kubevirt.io", vm, "-", "dev", "-"]),
            (Method::HEAD, WEB, ["get", "kubevirt.io", vm, "-", "dev", "web"]),
            (Method::PATCH, WEB, ["patch", "kubevirt.io", vm, "-", "dev", "web"]),
            (Method::DELETE, WEB, ["delete", "kubevirt.io", vm, "-", "dev", "web"]),
            (Method::PUT, START, ["update", "subresources.kubevirt.io", vm, "start", "dev", "web"]),
            (Method::GET, "/apis/kubevirt.io/v1/virtualmachines?watch=true", ["watch", "kubevirt.io", vm, "-", "-", "-"]),
            (Method::GET, "/api/v1/pods?watch=0", ["list", "", "pods", "-", "-", "-"]),
            (Method::GET, "/api/v1/pods?watch=1&fieldSelector=metadata.name%3Dweb", ["watch", "", "pods", "-", "-", "web"]),
            (Method::GET, "/api/v1/watch/namespaces/dev/pods", ["watch", "", "pods", "-", "dev", "-"]),
        ];
        for (method, url, expected) in table {
            assert_eq!(told(&method, url), expected, "{method} {url}");
        }
    }

    #[test]
    fn dry_run_and_field_manager_come_from_the_query() {
        let url = "/api/v1/namespaces/dev?dryRun=All&fieldManager=kubevirt-shepherd&force=false";
        let target = Target::parse(&Method::PATCH, &Uri::from_static(url));
        assert!(target.dry_run);
        assert_eq!(target.field_manager.as_deref(), Some("kubevirt-shepherd"));
    }
}
