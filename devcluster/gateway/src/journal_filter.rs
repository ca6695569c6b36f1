//! Questions to the journal: which entries, and how many of each kind.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;
use url::form_urlencoded;

use crate::journal::Entry;

/// Conditions an entry must meet; an absent one is met by all.
#[derive(Debug, Default)]
pub struct Filter {
    pub since: u64,
    pub limit: Option<usize>,
    mutating: Option<bool>,
    ticket: Option<String>,
    verb: Option<String>,
    resource: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    account: Option<String>,
}

impl Filter {
    pub fn parse(query: &str) -> Result<Filter, String> {
        let mut filter = Filter::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let text = Some(value.to_string());
            match key.as_ref() {
                "since" => filter.since = parsed(&key, &value)?,
                "limit" => filter.limit = Some(parsed(&key, &value)?),
                "mutating" => filter.mutating = Some(parsed(&key, &value)?),
                "ticket" => filter.ticket = text,
                "verb" => filter.verb = text,
                "resource" => filter.resource = text,
                "namespace" => filter.namespace = text,
                "name" => filter.name = text,
                "account" => filter.account = text,
                _ => return Err(format!("unknown filter {key:?}")),
            }
        }
        Ok(filter)
    }

    pub fn admits(&self, entry: &Entry) -> bool {
        let mutation = Class::of(entry) == Class::Mutation;
        entry.seq > self.since
            && self.mutating.is_none_or(|wanted| wanted == mutation)
            && same(&self.ticket, entry.ticket.as_deref())
            && same(&self.verb, Some(&entry.target.verb))
            && same(&self.resource, entry.target.resource.as_deref())
            && same(&self.namespace, entry.target.namespace.as_deref())
            && same(&self.name, entry.target.name.as_deref())
            && same(&self.account, entry.account.as_deref())
    }
}

fn same(wanted: &Option<String>, found: Option<&str>) -> bool {
    wanted.is_none() || wanted.as_deref() == found
}

fn parsed<T: FromStr>(key: &str, value: &str) -> Result<T, String> {
    let refused = |_| format!("{key} cannot be {value:?}");
    value.parse().map_err(refused)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Mutation,
    DryRun,
    List,
    Watch,
    Read,
}

impl Class {
    fn of(entry: &Entry) -> Class {
        let target = &entry.target;
        match target.verb.as_str() {
            "list" => Class::List,
            "watch" => Class::Watch,
            // Reviews are posted, but the API server stores nothing.
            "create" if stores_nothing(target.api_group.as_deref()) => Class::Read,
            "create" | "update" | "patch" | "delete" | "deletecollection" if target.dry_run => Class::DryRun,
            "create" | "update" | "patch" | "delete" | "deletecollection" => Class::Mutation,
            _ => Class::Read,
        }
    }
}

fn stores_nothing(api_group: Option<&str>) -> bool {
    matches!(api_group, Some("authentication.k8s.io" | "authorization.k8s.io"))
}

/// Number of calls by kind; a watch counts once, refused and lost calls count like others.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub mutations: u64,
    pub dry_runs: u64,
    pub reads: u64,
    pub lists: u64,
    pub watches: u64,
    /// By verb and resource, dry runs left out.
    pub by: BTreeMap<String, u64>,
}

impl Counts {
    pub fn of(entries: &[Entry]) -> Counts {
        let mut counts = Counts::default();
        for entry in entries.iter().filter(|entry| entry.opened.is_none()) {
            counts.add(entry);
        }
        counts
    }

    fn add(&mut self, entry: &Entry) {
        let class = Class::of(entry);
        match class {
            Class::Mutation => self.mutations += 1,
            Class::DryRun => self.dry_runs += 1,
            Class::List => self.lists += 1,
            Class::Watch => self.watches += 1,
            Class::Read => self.reads += 1,
        }
        if class != Class::DryRun {
            *self.by.entry(label(entry)).or_default() += 1;
        }
    }
}

/// `patch virtualmachines`, `update pods/status`, `get /version`.
fn label(entry: &Entry) -> String {
    let target = &entry.target;
    match (&target.resource, &target.subresource) {
        (Some(resource), Some(sub)) => format!("{} {resource}/{sub}", target.verb),
        (Some(resource), None) => format!("{} {resource}", target.verb),
        (None, _) => format!("{} {}", target.verb, target.path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Target;
    use http::{Method, Uri};

    fn entry(seq: u64, method: Method, url: &'static str) -> Entry {
        Entry { seq, target: Target::parse(&method, &Uri::from_static(url)), ..Entry::default() }
    }

    #[test]
    fn watches_count_once_and_dry_runs_apart() {
        let mut end = entry(5, Method::GET, "/api/v1/pods?watch=1");
        end.opened = Some(4);
        let entries = [
            entry(1, Method::PATCH, "/api/v1/namespaces/dev"),
            entry(2, Method::PATCH, "/api/v1/namespaces/dev?dryRun=All"),
            entry(3, Method::POST, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
            entry(4, Method::GET, "/api/v1/pods?watch=1"),
            end,
        ];
        let by = ["create selfsubjectaccessreviews", "patch namespaces", "watch pods"];
        let expected = Counts {
            mutations: 1,
            dry_runs: 1,
            reads: 1,
            lists: 0,
            watches: 1,
            by: by.map(|label| (label.to_owned(), 1)).into(),
        };
        assert_eq!(Counts::of(&entries), expected);
    }

    #[test]
    fn every_condition_must_be_met() {
        let vm = entry(7, Method::DELETE, "/api/v1/namespaces/dev/pods/web");
        let admits = |query: &str| Filter::parse(query).map(|filter| filter.admits(&vm));
        assert_eq!(admits("since=6&mutating=true&verb=delete&name=web"), Ok(true));
        assert_eq!(admits("namespace=dev&resource=pods"), Ok(true));
        assert_eq!(admits("since=7"), Ok(false));
        assert_eq!(admits("mutating=false"), Ok(false));
        assert_eq!(admits("ticket=t1"), Ok(false));
        assert!(admits("tikcet=t1").is_err());
        assert!(admits("since=x").is_err());
    }
}
