//! All evidence of one run, read from its folder.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use uuid::Uuid;

use crate::audit::Record;
use crate::client::Call;
use crate::cluster::{ClusterCall, Machine};
use crate::database::{Database, Request, Ticket, Vm};
use crate::workflow::Workflow;

/// What the driver says of its run: `run.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    pub started_at: DateTime<Utc>,
    /// From here on nothing was disturbed and everything was running.
    pub quiet_at: DateTime<Utc>,
    /// How long recovery may take.
    pub recovery_seconds: i64,
}

/// A disturbance, a line of `faults.jsonl`; only for the story.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    pub at: DateTime<Utc>,
    pub what: String,
}

/// The four sources, and what else was kept.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub run: Run,
    pub calls: Vec<Call>,
    pub database: Database,
    pub cluster: Vec<ClusterCall>,
    pub audit: Vec<Record>,
    /// An export made earlier in the run, if one was.
    pub earlier_audit: Option<Vec<Record>>,
    /// The machines that stood at the end in the cluster, if somebody looked.
    pub machines: Option<Vec<Machine>>,
    /// Temporal's list of runs, if it was kept.
    pub workflows: Option<Vec<Workflow>>,
    pub faults: Vec<Fault>,
    /// What was planted and may stand nowhere, if anything was.
    pub secrets: Vec<String>,
    /// Every kept file as text, by name.
    pub texts: BTreeMap<String, String>,
}

/// Holds the planted secrets; not searched itself.
const SECRETS: &str = "secrets.txt";

impl Evidence {
    /// Reads a folder. With a URL the database is read and kept there, without one the kept copy is read.
    ///
    /// # Errors
    /// When a source is missing or cannot be understood.
    pub async fn read(folder: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        if let Some(url) = database {
            let snapshot = Database::read(url).await?;
            fs::write(folder.join("database.json"), serde_json::to_vec(&snapshot)?)?;
        }
        let mut texts = BTreeMap::new();
        collect(folder, folder, &mut texts)?;
        let secrets = texts.remove(SECRETS).unwrap_or_default().lines().map(str::to_owned).collect();
        let text = |name: &str| texts.get(name).with_context(|| format!("no {name} in {}", folder.display()));
        let database: Database = serde_json::from_str(text("database.json")?).context("database.json")?;
        let all: Vec<ClusterCall> = lines("gateway.jsonl", text("gateway.jsonl")?)?;
        let optional = |name: &str| texts.get(name).map(|text| (name.to_owned(), text));
        Ok(Self {
            run: serde_json::from_str(text("run.json")?).context("run.json")?,
            calls: lines("clients.jsonl", text("clients.jsonl")?)?,
            cluster: of_installation(all, &database),
            audit: records(text("audit.jsonl")?)?,
            earlier_audit: optional("audit-earlier.jsonl").map(|(_, text)| records(text)).transpose()?,
            machines: optional("machines.jsonl").map(|(name, text)| lines(&name, text)).transpose()?,
            workflows: optional("workflows.json").map(|(_, text)| serde_json::from_str(text)).transpose()?,
            faults: optional("faults.jsonl").map(|(name, text)| lines(&name, text)).transpose()?.unwrap_or_default(),
            database,
            secrets,
            texts,
        })
    }

    /// Records of the export about a ticket, in the order in which they were made.
    pub fn records_of(&self, ticket: Uuid) -> Vec<&Record> {
        let mut found: Vec<_> = self.audit.iter().filter(|record| record.ticket() == Some(ticket)).collect();
        found.sort_by_key(|record| (record.at, record.id));
        found
    }

    /// Calls to the cluster that are a ticket's, by label or by the machine's name, in the order in which they ended.
    pub fn cluster_of(&self, ticket: &Ticket) -> Vec<&ClusterCall> {
        let of_vm = |call: &ClusterCall, vm: &Vm| {
            call.is_of_machine()
                && call.name.as_deref() == Some(&vm.name)
                && call.namespace.as_deref() == Some(&vm.physical_namespace)
        };
        let vms: Vec<_> = self.database.vms.iter().filter(|vm| vm.ticket_id == ticket.id).collect();
        let is_its = |call: &&ClusterCall| {
            call.ticket() == Some(ticket.id) || call.ticket().is_none() && vms.iter().any(|vm| of_vm(call, vm))
        };
        let mut found: Vec<_> = self.cluster.iter().filter(is_its).collect();
        found.sort_by_key(|call| call.seq);
        found
    }

    /// The decision on a ticket.
    pub fn request_of(&self, ticket: Uuid) -> Option<&Request> {
        self.database.requests.iter().find(|request| request.ticket_id == ticket)
    }

    /// The machine's row.
    pub fn vm_of(&self, ticket: Uuid) -> Option<&Vm> {
        self.database.vms.iter().find(|vm| vm.ticket_id == ticket)
    }

    /// How often a run was ordered again by the net under the relay, which is recorded.
    pub fn restarts_of(&self, ticket: Uuid) -> usize {
        self.records_of(ticket).iter().filter(|record| record.is("execution.restart")).count()
    }

    /// The last moment that counts as recovered.
    pub fn recovered_by(&self) -> DateTime<Utc> {
        self.run.quiet_at + chrono::TimeDelta::seconds(self.run.recovery_seconds)
    }
}

/// Calls in this installation's namespaces or for its tickets: the cluster may serve others.
fn of_installation(all: Vec<ClusterCall>, database: &Database) -> Vec<ClusterCall> {
    let namespaces: BTreeSet<_> = database.namespaces.iter().map(|row| row.physical_name.clone()).collect();
    let tickets: BTreeSet<_> = database.tickets.iter().map(|ticket| ticket.id).collect();
    let is_ours = |call: &ClusterCall| {
        let place = if call.is_of_namespace() { &call.name } else { &call.namespace };
        place.as_ref().is_some_and(|name| namespaces.contains(name))
            || call.ticket().is_some_and(|ticket| tickets.contains(&ticket))
    };
    all.into_iter().filter(is_ours).collect()
}

fn records(text: &str) -> anyhow::Result<Vec<Record>> {
    text.lines().map(|line| Record::from_line(line).with_context(|| line.to_owned())).collect()
}

fn lines<T: DeserializeOwned>(name: &str, text: &str) -> anyhow::Result<Vec<T>> {
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("{name}: {line}"))).collect()
}

fn collect(folder: &Path, base: &Path, texts: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, base, texts)?;
        } else {
            let name = path.strip_prefix(base)?.display().to_string();
            texts.insert(name, String::from_utf8_lossy(&fs::read(&path)?).into_owned());
        }
    }
    Ok(())
}
