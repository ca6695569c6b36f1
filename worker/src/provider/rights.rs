//! The rights our account needs on a cluster: exactly those that `deploy/` grants.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Permission to use one verb on one resource in all namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Right {
    /// API group; empty for the core group.
    pub group: String,
    /// Resource, plural.
    pub resource: String,
    /// Verb.
    pub verb: String,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, resource, verb } = self;
        let dot = if group.is_empty() { "" } else { "." };
        write!(f, "{verb} {resource}{dot}{group}")
    }
}

/// Each needed right: group, resource, verbs.
pub const RIGHTS: &[(&str, &str, &[&str])] = &[
    ("", "namespaces", &["get", "list", "watch", "create", "delete"]),
    ("", "nodes", &["list"]),
    ("", "events", &["list"]),
    ("", "pods", &["list"]),
    ("storage.k8s.io", "storageclasses", &["get", "list"]),
    ("kubevirt.io", "virtualmachines", &["get", "list", "watch", "create", "patch", "delete"]),
    ("kubevirt.io", "virtualmachineinstances", &["get", "list", "watch"]),
    ("kubevirt.io", "kubevirts", &["get", "list"]),
    ("cdi.kubevirt.io", "datavolumes", &["get", "list", "watch", "delete"]),
];

/// The same, one by one.
pub(super) fn each() -> impl Iterator<Item = Right> {
    RIGHTS.iter().flat_map(|(group, resource, verbs)| {
        verbs.iter().map(move |verb| Right {
            group: (*group).to_owned(),
            resource: (*resource).to_owned(),
            verb: (*verb).to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::each;

    const ROLES: &str = include_str!("../../../deploy/cluster/worker-rbac.yaml");

    fn words(list: &Value) -> impl Iterator<Item = &str> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    #[test]
    fn rights_are_exactly_those_that_deploy_grants() {
        let documents: Vec<Value> = serde_saphyr::from_multiple(ROLES).unwrap_or_else(|error| panic!("{error}"));
        let role = documents.iter().find(|document| document["kind"] == "ClusterRole");
        let mut granted = BTreeSet::new();
        for rule in role.and_then(|role| role["rules"].as_array()).into_iter().flatten() {
            for group in words(&rule["apiGroups"]) {
                for resource in words(&rule["resources"]) {
                    granted.extend(words(&rule["verbs"]).map(|verb| format!("{verb} {resource} {group}")));
                }
            }
        }
        let needed: BTreeSet<_> =
            each().map(|right| format!("{} {} {}", right.verb, right.resource, right.group)).collect();
        assert_eq!(needed, granted);
    }
}
