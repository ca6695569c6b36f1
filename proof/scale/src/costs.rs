//! What one ticket costs, and what the parts of an installation give.

/// Work of one approved ticket from its submission to its running VM.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Commits that write in Shepherd's database.
    pub commits: f64,
    /// Write-ahead log of the submit alone, bytes.
    pub submit_wal_bytes: f64,
    /// Write-ahead log of Shepherd's and Temporal's database together, bytes.
    pub wal_bytes: f64,
    /// What stays on disk in Shepherd's database, indexes included, bytes.
    pub stored_bytes: f64,
    /// Events in the workflow's history.
    pub history_events: f64,
    /// Commits in Temporal's database.
    pub temporal_commits: f64,
    /// Changing calls to the Kubernetes API, in an existing namespace.
    pub mutations: f64,
    /// Seconds that the virtual machine takes to start, of which the cluster's share is nearly all.
    pub boot_seconds: f64,
}

/// Where each comes from stands beside it in the table of `report.rs`.
pub const MEASURED: Costs = Costs {
    commits: 18.0,
    submit_wal_bytes: 7_100.0,
    wal_bytes: 193_500.0,
    stored_bytes: 9_000.0,
    history_events: 34.0,
    temporal_commits: 51.6,
    mutations: 2.0,
    boot_seconds: 25.0,
};

/// What one part gives in a second before it queues.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capacity {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) per_second: f64,
    /// What one ticket takes of it.
    pub(crate) per_ticket: fn(&Costs) -> f64,
    /// Whether it grows with the number of clusters.
    pub(crate) per_cluster: bool,
    /// What is changed when it is short.
    pub(crate) remedy: &'static str,
}

/// One PostgreSQL, one Temporal server with a PostgreSQL of its own, one worker, and each cluster's token bucket.
pub(crate) const CAPACITIES: [Capacity; 5] = [
    Capacity {
        name: "PostgreSQL of Shepherd",
        unit: "commits",
        per_second: 9_000.0,
        per_ticket: |costs| costs.commits,
        per_cluster: false,
        remedy: "audit and outbox partitioned by month, lists from a read replica; then a database for each group of tenants",
    },
    Capacity {
        name: "PostgreSQL of Temporal",
        unit: "commits",
        per_second: 9_000.0,
        per_ticket: |costs| costs.temporal_commits,
        per_cluster: false,
        remedy: "Temporal on a store of its own with more shards (512 and up), or Cassandra; a namespace for each group of tenants",
    },
    Capacity {
        name: "Temporal server",
        unit: "runs",
        per_second: 60.0,
        per_ticket: |_| 1.0,
        per_cluster: false,
        remedy: "history and matching services of their own, several of each",
    },
    Capacity {
        name: "a worker's places for waiting activities",
        unit: "places x s",
        per_second: 2_000.0,
        per_ticket: |costs| costs.boot_seconds + 1.0,
        per_cluster: false,
        remedy: "more workers on the same task queue; nothing else changes",
    },
    Capacity {
        name: "Kubernetes API of one cluster",
        unit: "changes",
        per_second: 50.0,
        per_ticket: |costs| costs.mutations,
        per_cluster: true,
        remedy: "a higher bucket where the cluster allows it; more clusters",
    },
];
