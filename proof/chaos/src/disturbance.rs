//! What can be disturbed, and how.

use serde_json::{Value, json};

/// A part that is disturbed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Server,
    Worker,
    Temporal,
    Cluster,
    Database,
    Link(Link),
}

impl Target {
    pub(crate) const ALL: [Self; 8] = [
        Self::Server,
        Self::Worker,
        Self::Temporal,
        Self::Cluster,
        Self::Database,
        Self::Link(Link::ServerDatabase),
        Self::Link(Link::WorkerDatabase),
        Self::Link(Link::WorkerTemporal),
    ];
}

/// A connection between two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    ServerDatabase,
    WorkerDatabase,
    WorkerTemporal,
}

/// How bytes flow over a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Free,
    /// Connections are broken and new ones refused.
    Cut,
    /// Each piece comes later.
    Late {
        ms: u64,
    },
    /// Nothing passes in one direction; the other end hears nothing of it.
    OneWay {
        up: bool,
    },
}

/// What is done.
#[derive(Clone, Debug)]
pub(crate) enum Disturbance {
    /// SIGKILL, and a fresh start afterwards.
    Kill(Target),
    /// SIGSTOP, then SIGCONT.
    Freeze(Target),
    /// A fault of the gateway before the cluster.
    Cluster {
        matching: Value,
        fault: Value,
        times: u32,
    },
    /// Backends of PostgreSQL are terminated, also while they work.
    Backends {
        skip: i64,
        n: i64,
    },
    Flow {
        link: Link,
        flow: Flow,
    },
}

impl Disturbance {
    /// One word for each kind, to count them.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Kill(target) => format!("kill {target:?}"),
            Self::Freeze(target) => format!("freeze {target:?}"),
            Self::Cluster { matching, fault, .. } => {
                let status = fault["status"].as_u64().map(|status| format!(" {status}")).unwrap_or_default();
                let in_stream = if fault["in_stream"] == true { " in stream" } else { "" };
                format!("cluster {}{status}{in_stream} on {}", word(fault, "kind"), word(matching, "verb"))
            }
            Self::Backends { .. } => "terminate backends".to_owned(),
            Self::Flow { link, flow: Flow::Late { .. } } => format!("{link:?} late"),
            Self::Flow { link, flow: Flow::OneWay { .. } } => format!("{link:?} one way"),
            Self::Flow { link, flow } => format!("{link:?} {flow:?}"),
        }
    }
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("any")
}

/// Faults of the gateway; the namespace is added to what they match. Those that are permanent are on the apply only:
/// an undo that is refused waits five minutes for a person.
pub(crate) fn cluster_faults() -> Vec<(Value, Value)> {
    let machines = |verb: &str| json!({"verb": verb, "resource": "virtualmachines"});
    let conflict =
        "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using kubevirt.io/v1: .spec.runStrategy";
    vec![
        (json!({}), json!({"kind": "status", "status": 429, "retry_after": 1})),
        (json!({}), json!({"kind": "status", "status": 500})),
        (json!({}), json!({"kind": "status", "status": 503})),
        (machines("create"), json!({"kind": "status", "status": 409, "reason": "Conflict", "message": conflict})),
        (machines("create"), json!({"kind": "lost"})),
        (machines("delete"), json!({"kind": "lost"})),
        (machines("create"), json!({"kind": "cut"})),
        (json!({}), json!({"kind": "cut"})),
        (json!({}), json!({"kind": "latency", "ms": 700})),
        (machines("watch"), json!({"kind": "drop_watch", "after_ms": 50})),
        (machines("watch"), json!({"kind": "expired", "in_stream": true, "after_ms": 50})),
        (machines("watch"), json!({"kind": "expired"})),
    ]
}
