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

impl Watch {
    async fn run(self, provider: Arc<dyn Provider>) {
        let mut known: HashMap<Uuid, Known> = HashMap::new();
        let mut loaded: Option<Instant> = None;
        let mut listed: Option<HashSet<Uuid>> = None;
        let mut changes = provider.watch_vms();
        while let Some(change) = changes.next().await {
            match change {
                Ok(change) => {
                    self.health.note(&self.name, Ok(()));
                    match change {
                        VmChange::Listing => listed = Some(HashSet::new()),
                        VmChange::Seen(vm) => {
                            if let (Some(listed), Some(ticket)) = (&mut listed, vm.ticket_id) {
                                listed.insert(ticket.0);
                            }
                            self.seen(&mut known, &mut loaded, &vm, vm.state()).await;
                        }
                        VmChange::Gone(vm) => self.seen(&mut known, &mut loaded, &vm, VmState::NotFound).await,
                        VmChange::Synced => {
                            self.load(&mut known, &mut loaded).await;
                            self.vanished(&known, &listed.take().unwrap_or_default()).await;
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

    async fn seen(
        &self,
        known: &mut HashMap<Uuid, Known>,
        loaded: &mut Option<Instant>,
        vm: &VmSighting,
        state: VmState,
    ) {
        let Some(ticket) = vm.ticket_id else { return };
        let fits = |known: &HashMap<Uuid, Known>| {
            known.get(&ticket.0).filter(|row| row.uid.as_deref() == Some(&vm.uid)).cloned()
        };
        if fits(known).is_none() && loaded.is_none_or(|at| at.elapsed() >= RELOAD) {
            self.load(known, loaded).await;
        }
        // A VM whose apply is still being recorded is recorded by its own run.
        let Some(row) = fits(known) else { return };
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

    async fn load(&self, known: &mut HashMap<Uuid, Known>, loaded: &mut Option<Instant>) {
        *loaded = Some(Instant::now());
        let Ok(tenants) = self.store.tenants(&ctx(ROOT_TENANT)).await else { return };
        for tenant in tenants {
            let Ok(rows) = self.store.vms_watched(&ctx(tenant), self.id).await else { return };
            let entry =
                |row: shepherd_store::observed::WatchedVm| (row.ticket_id, Known { tenant, vm: row.id, uid: row.uid });
            known.extend(rows.into_iter().map(entry));
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
