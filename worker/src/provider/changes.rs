//! All VMs of the platform on a cluster, kept true by one watch on them and one on their instances.

use std::collections::HashMap;

use futures::stream::{self, BoxStream, StreamExt};
use kube::api::{Api, ListParams, ObjectMeta};
use shepherd_domain::fault::Fault;
use shepherd_domain::ids::TicketId;

use super::board::{Board, Key};
use super::cluster::Cluster;
use super::follow::{Follow, Seen};
use super::kubevirt::{self, MANAGED_BY, MANAGED_BY_US, TICKET_ID, Vm, Vmi, VmiStatus, label, text};
use super::orders::{VmChange, VmSighting};

enum Event {
    Vm(Result<Seen<Vm>, Fault>),
    Instance(Result<Seen<Vmi>, Fault>),
}

pub(super) fn watch(cluster: &Cluster) -> BoxStream<'static, Result<VmChange, Fault>> {
    let selection = ListParams::default().labels(&format!("{MANAGED_BY}={MANAGED_BY_US}"));
    let vms: Api<Vm> = Api::all_with(cluster.client.clone(), &kubevirt::virtual_machines());
    let instances: Api<Vmi> = Api::all_with(cluster.client.clone(), &kubevirt::virtual_machine_instances());
    let vms = Follow::new(cluster, vms, selection.clone());
    let instances = Follow::new(cluster, instances, selection);
    let vms = stream::unfold(vms, |mut watch| async {
        let seen = watch.next().await;
        if seen.is_err() {
            // Told of a fault, the reader calls every VM unknown; only a listing says how all of them are.
            watch.relist();
        }
        Some((Event::Vm(seen), watch))
    });
    let instances = stream::unfold(instances, |mut watch| async { Some((Event::Instance(watch.next().await), watch)) });
    let events = stream::select(vms.boxed(), instances.boxed());
    let sightings = Sightings::new(cluster.board.clone());
    stream::unfold((events, sightings), |(mut events, mut sightings)| async {
        loop {
            let change = match events.next().await? {
                Event::Vm(Ok(seen)) => Some(Ok(sightings.vm(seen))),
                Event::Vm(Err(fault)) => {
                    sightings.board.wipe();
                    Some(Err(fault))
                }
                Event::Instance(Ok(seen)) => sightings.instance(seen).map(Ok),
                Event::Instance(Err(fault)) => {
                    tracing::warn!(fault.code = %fault.code, "no addresses of guests for now");
                    None
                }
            };
            if let Some(change) = change {
                return Some((change, (events, sightings)));
            }
        }
    })
    .boxed()
}

/// What was last seen of each VM and of each guest.
struct Sightings {
    board: Board,
    guests: HashMap<Key, VmiStatus>,
}

/// Nobody watches any more.
impl Drop for Sightings {
    fn drop(&mut self) {
        self.board.feed(false);
    }
}

impl Sightings {
    fn new(board: Board) -> Self {
        board.feed(true);
        Self { board, guests: HashMap::new() }
    }

    fn vm(&mut self, seen: Seen<Vm>) -> VmChange {
        match seen {
            Seen::Listing => {
                self.board.wipe();
                VmChange::Listing
            }
            Seen::Synced => VmChange::Synced,
            Seen::Here(vm) => {
                let key = key(&vm.metadata);
                let sighting = located(sighting(&vm), self.guests.get(&key));
                self.board.put(key, sighting.clone());
                VmChange::Seen(sighting)
            }
            Seen::Gone(vm) => {
                self.board.take_away(&key(&vm.metadata));
                VmChange::Gone(sighting(&vm))
            }
        }
    }

    /// A guest changed: its VM is seen anew if that shows.
    fn instance(&mut self, seen: Seen<Vmi>) -> Option<VmChange> {
        let key = match seen {
            Seen::Listing => {
                self.guests.clear();
                return None;
            }
            Seen::Synced => return None,
            Seen::Here(instance) => {
                let key = key(&instance.metadata);
                self.guests.insert(key.clone(), instance.status.unwrap_or_default());
                key
            }
            Seen::Gone(instance) => {
                let key = key(&instance.metadata);
                self.guests.remove(&key);
                key
            }
        };
        let known = self.board.last(&key)?;
        let now = located(known.clone(), self.guests.get(&key));
        if now == known {
            return None;
        }
        self.board.put(key, now.clone());
        Some(VmChange::Seen(now))
    }
}

fn key(metadata: &ObjectMeta) -> Key {
    (text(metadata.namespace.as_ref()), text(metadata.name.as_ref()))
}

pub(super) fn sighting(vm: &Vm) -> VmSighting {
    let metadata = &vm.metadata;
    let status = vm.status.clone().unwrap_or_default();
    VmSighting {
        namespace: text(metadata.namespace.as_ref()),
        name: text(metadata.name.as_ref()),
        ticket_id: label(metadata, TICKET_ID).and_then(|value| value.parse().ok().map(TicketId)),
        uid: text(metadata.uid.as_ref()),
        reason: status.reason(),
        status: status.printable_status,
        ready: status.ready,
        terminating: metadata.deletion_timestamp.is_some(),
        addresses: Vec::new(),
        node: None,
        resource_version: text(metadata.resource_version.as_ref()),
    }
}

fn located(vm: VmSighting, guest: Option<&VmiStatus>) -> VmSighting {
    let interfaces = guest.map(|guest| guest.interfaces.as_slice()).unwrap_or_default();
    VmSighting {
        addresses: interfaces.iter().filter_map(|interface| interface.ip_address.clone()).collect(),
        node: guest.and_then(|guest| guest.node_name.clone()),
        ..vm
    }
}
