//! One watch per cluster keeps the states of its VMs true.

use futures::StreamExt;
use shepherd_domain::ids::{ClusterId, ROOT_TENANT, RequestId, TenantId};
use shepherd_domain::vm::VmState;
use shepherd_store::observed::Observation;
use shepherd_store::{Ctx, Run, Store};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tracing::{debug, info};
use uuid::Uuid;

use crate::clusters::Clusters;
use crate::health::Health;
use crate::provider::{Provider, VmChange, VmSighting};

/// How often new clusters and new credentials are looked for.
const LOOK: Duration = Duration::from_secs(2);
/// A sighting of a VM we do not know asks the database again, at most this often.
const RELOAD: Duration = Duration::from_millis(500);
/// How long a sighting waits for its row. A VM whose apply is still being recorded is known soon; one of nobody's never.
const MISSED: Duration = Duration::from_secs(30);

/// Starts and ends watches as clusters come, change and go.
pub(crate) struct Watches {
    pub(crate) store: Store,
    pub(crate) clusters: Clusters,
    pub(crate) health: Health,
}

impl Watches {
    pub(crate) async fn run(self) {
        let mut running: HashMap<ClusterId, (i32, String, JoinHandle<()>)> = HashMap::new();
        loop {
            if let Ok(wanted) = self.store.clusters_watched(&ctx(ROOT_TENANT)).await {
                let known: HashSet<_> = wanted.iter().map(|cluster| cluster.id).collect();
                running.retain(|id, (_, name, task)| {
                    let kept = known.contains(id);
                    if !kept {
                        task.abort();
                        self.health.forget(name);
                    }
                    kept
                });
                for cluster in wanted {
                    let id = cluster.id;
                    if running.get(&id).is_some_and(|(version, ..)| *version == cluster.credential_version) {
                        continue;
                    }
                    if let Some((_, _, task)) = running.remove(&id) {
                        task.abort();
                    }
                    let Ok((version, provider)) = self.clusters.provider(&ctx(ROOT_TENANT), id).await else { continue };
                    let name = format!("cluster {}", cluster.name);
                    let watch =
                        Watch { store: self.store.clone(), health: self.health.clone(), id, name: name.clone() };
                    running.insert(id, (version, name, tokio::spawn(watch.run(provider))));
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

struct Watch {
    store: Store,
    health: Health,
    id: ClusterId,
    name: String,
}

/// A VM of ours: where its row is.
#[derive(Clone)]
struct Known {
    tenant: TenantId,
    vm: Uuid,
    uid: Option<String>,
}

/// The last sighting of a VM that was not known at that moment. KubeVirt may have nothing more to say about it.
struct Missed {
    vm: VmSighting,
    state: VmState,
    since: Instant,
}

/// What a watch remembers, by ticket.
#[derive(Default)]
struct Memory {
    known: HashMap<Uuid, Known>,
    missed: HashMap<Uuid, Missed>,
    loaded: Option<Instant>,
}

impl Memory {
    fn known(&self, ticket: Uuid, uid: &str) -> Option<Known> {
        self.known.get(&ticket).filter(|row| row.uid.as_deref() == Some(uid)).cloned()
    }
}

impl Watch {
    async fn run(self, provider: Arc<dyn Provider>) {
        let mut memory = Memory::default();
        let mut listed: Option<HashSet<Uuid>> = None;
        let mut changes = provider.watch_vms();
        loop {
            self.look_again(&mut memory).await;
            let change = match memory.missed.is_empty() {
                true => changes.next().await,
                false => match tokio::time::timeout(RELOAD, changes.next()).await {
                    Ok(change) => change,
                    Err(_) => continue,
                },
            };
            let Some(change) = change else { break };
            match change {
                Ok(change) => {
                    self.health.note(&self.name, Ok(()));
                    match change {
                        VmChange::Listing => listed = Some(HashSet::new()),
                        VmChange::Seen(vm) => {
                            if let (Some(listed), Some(ticket)) = (&mut listed, vm.ticket_id) {
                                listed.insert(ticket.0);
                            }
                            let state = vm.state();
                            self.seen(&mut memory, vm, state).await;
                        }
                        VmChange::Gone(vm) => self.seen(&mut memory, vm, VmState::NotFound).await,
                        VmChange::Synced => {
                            self.load(&mut memory).await;
                            self.vanished(&memory.known, &listed.take().unwrap_or_default()).await;
                        }
                    }
                }
                Err(fault) => {
                    self.health.note(&self.name, Err(format!("{}: {}", fault.code, fault.message)));
                    self.unknown(fault.code.as_str()).await;
                }
            }
        }
        info!(cluster = self.name, "watch ended");
    }

    async fn seen(&self, memory: &mut Memory, vm: VmSighting, state: VmState) {
        let Some(ticket) = vm.ticket_id else { return };
        match memory.known(ticket.0, &vm.uid) {
            Some(row) => {
                memory.missed.remove(&ticket.0);
                self.observed(&row, &vm, state).await;
            }
            None => drop(memory.missed.insert(ticket.0, Missed { vm, state, since: Instant::now() })),
        }
    }

    /// Looks in the database for the rows of VMs that were seen before them.
    async fn look_again(&self, memory: &mut Memory) {
        if memory.missed.is_empty() || memory.loaded.is_some_and(|at| at.elapsed() < RELOAD) {
            return;
        }
        self.load(memory).await;
        for (ticket, missed) in std::mem::take(&mut memory.missed) {
            match memory.known(ticket, &missed.vm.uid) {
                Some(row) => self.observed(&row, &missed.vm, missed.state).await,
                None if missed.since.elapsed() < MISSED => drop(memory.missed.insert(ticket, missed)),
                None => {}
            }
        }
    }

    async fn observed(&self, row: &Known, vm: &VmSighting, state: VmState) {
        let seen = Observation {
            state,
            reason: vm.reason.clone(),
            guest_ip: vm.addresses.first().cloned(),
            node_name: vm.node.clone(),
        };
        if let Err(error) = self.store.vm_observed(&ctx(row.tenant), row.vm, &vm.uid, &seen).await {
            debug!(vm.id = %row.vm, %error, "observation not stored");
        }
    }

    async fn load(&self, memory: &mut Memory) {
        memory.loaded = Some(Instant::now());
        let Ok(tenants) = self.store.tenants(&ctx(ROOT_TENANT)).await else { return };
        for tenant in tenants {
            let Ok(rows) = self.store.vms_watched(&ctx(tenant), self.id).await else { return };
            let entry =
                |row: shepherd_store::observed::WatchedVm| (row.ticket_id, Known { tenant, vm: row.id, uid: row.uid });
            memory.known.extend(rows.into_iter().map(entry));
        }
    }

    /// After a complete listing: what was applied once and is not there is gone.
    async fn vanished(&self, known: &HashMap<Uuid, Known>, listed: &HashSet<Uuid>) {
        let gone = Observation { state: VmState::NotFound, reason: String::new(), guest_ip: None, node_name: None };
        for (_, row) in known.iter().filter(|(ticket, _)| !listed.contains(ticket)) {
            let Some(uid) = &row.uid else { continue };
            if let Err(error) = self.store.vm_observed(&ctx(row.tenant), row.vm, uid, &gone).await {
                debug!(vm.id = %row.vm, %error, "observation not stored");
            }
        }
    }

    async fn unknown(&self, reason: &str) {
        let Ok(tenants) = self.store.tenants(&ctx(ROOT_TENANT)).await else { return };
        for tenant in tenants {
            if let Err(error) = self.store.vms_unknown(&ctx(tenant), self.id, reason).await {
                debug!(%error, "unknown states not stored");
            }
        }
    }
}

fn ctx(tenant: TenantId) -> Ctx {
    Ctx::system(tenant, RequestId(Uuid::now_v7()), Run::default())
}
