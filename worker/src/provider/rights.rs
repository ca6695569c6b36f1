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
