//! Waiting for a VM: on the watch that its cluster has anyway, or by one on that VM.

use std::time::Duration;

use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, ListParams};
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use tokio::time::{Instant, timeout, timeout_at};

use super::board::Following;
use super::changes::sighting;
use super::cluster::Cluster;
use super::follow::{Follow, Seen};
use super::kubevirt::{Outlook, Vm, outlook, text};
use super::orders::{VmReady, VmRef, VmSighting};

#[cfg(test)]
mod tests;

/// How long a failing status must last: some of them flash by while volumes are being made.
const GRACE: Duration = Duration::from_secs(3);
/// How long the cluster's watch may be silent about a VM before a watch of its own says how it really is.
const SILENCE: Duration = Duration::from_millis(if cfg!(test) { 300 } else { 5_000 });

pub(super) async fn wait(cluster: &Cluster, vm: &VmRef, patience: Duration) -> Result<VmReady, Fault> {
    let mut wait = Wait { vm, last: String::new(), failing: None, is_listed: false };
    let end = timeout(patience, async {
        if let (Some(_), Some(following)) = (&vm.uid, cluster.board.follow(&vm.namespace, &vm.name))
            && let Some(end) = wait.on_board(following).await
        {
            return end;
        }
        let selection = ListParams::default().fields(&format!("metadata.name={}", vm.name));
        wait.run(&mut Follow::new(cluster, cluster.vms(&vm.namespace), selection)).await
    })
    .await;
    match end.unwrap_or_else(|_| Err(wait.too_late(patience))) {
        Err(fault) if matches!(fault.code, FaultCode::VmStartFailed | FaultCode::VmNotReady) => {
            Err(explained(cluster, vm, fault).await)
        }
        end => end,
    }
}

/// Adds the last warning about the VM: why it does not start is often said only there.
async fn explained(cluster: &Cluster, vm: &VmRef, fault: Fault) -> Fault {
    let api: Api<Event> = Api::namespaced(cluster.client.clone(), &vm.namespace);
    let about = ListParams::default().fields(&format!("involvedObject.name={},type=Warning", vm.name));
    let Ok(events) = cluster.call(Operation::VmRead, || api.list(&about)).await else {
        return fault;
    };
    let when = |event: &Event| (event.last_timestamp.clone(), event.metadata.creation_timestamp.clone());
    match events.items.iter().max_by_key(|event| when(event)) {
        Some(Event { reason, message, .. }) => {
            let (reason, message) = (text(reason.as_ref()), text(message.as_ref()));
            Fault::new(fault.code, format!("{}; {reason}: {message}", fault.message))
        }
        None => fault,
    }
}

struct Wait<'a> {
    vm: &'a VmRef,
    /// What KubeVirt said last.
    last: String,
    /// Fault that becomes final at that moment.
    failing: Option<(Instant, Fault)>,
    /// Whether the VM was in the listing that is going on.
    is_listed: bool,
}

impl Wait<'_> {
    /// Waits on the cluster's one watch. None: it does not show the VM, or shows it going away; neither is believed,
    /// because it may be late.
    async fn on_board(&mut self, mut following: Following) -> Option<Result<VmReady, Fault>> {
        let mut silent_since = None;
        loop {
            match following.now().filter(|found| self.vm.uid.as_ref() == Some(&found.uid) && !found.terminating) {
                Some(found) => {
                    silent_since = None;
                    match self.judge(&found) {
                        Ok(None) => {}
                        Ok(Some(ready)) => return Some(Ok(ready)),
                        Err(_) => return None,
                    }
                    match &self.failing {
                        None => following.changed().await,
                        Some((at, fault)) => match timeout_at(*at, following.changed()).await {
                            Ok(()) => {}
                            Err(_) => return Some(Err(fault.clone())),
                        },
                    }
                }
                None => {
                    let since = *silent_since.get_or_insert_with(Instant::now);
                    timeout_at(since + SILENCE, following.changed()).await.ok()?;
                }
            }
        }
    }

    async fn run(&mut self, watch: &mut Follow<Vm>) -> Result<VmReady, Fault> {
        loop {
            let seen = match &self.failing {
                None => watch.next().await,
                Some((at, fault)) => match timeout_at(*at, watch.next()).await {
                    Ok(seen) => seen,
                    Err(_) => return Err(fault.clone()),
                },
            };
            match seen {
                Ok(Seen::Listing) => self.is_listed = false,
                Ok(Seen::Here(found)) => {
                    if let Some(ready) = self.judge(&sighting(&found))? {
                        return Ok(ready);
                    }
                }
                Ok(Seen::Gone(_)) => return Err(vanished()),
                Ok(Seen::Synced) if !self.is_listed => return Err(vanished()),
                Ok(Seen::Synced) => {}
                Err(fault) if watch.is_hopeless(&fault) => return Err(fault),
                Err(_) => {}
            }
        }
    }

    fn judge(&mut self, found: &VmSighting) -> Result<Option<VmReady>, Fault> {
        if self.vm.uid.as_ref().is_some_and(|uid| *uid != found.uid) {
            return Err(Fault::new(FaultCode::VmDeleted, "another object has taken the name of the VM"));
        }
        if found.terminating {
            return Err(vanished());
        }
        self.is_listed = true;
        self.last = words(&found.status, &found.reason);
        match outlook(&found.status, found.ready) {
            Outlook::Ready => {
                return Ok(Some(VmReady { uid: found.uid.clone(), resource_version: found.resource_version.clone() }));
            }
            Outlook::Waiting => self.failing = None,
            Outlook::Failing => {
                let at = self.failing.take().map_or_else(|| Instant::now() + GRACE, |(at, _)| at);
                self.failing = Some((at, Fault::new(FaultCode::VmStartFailed, self.last.clone())));
            }
        }
        Ok(None)
    }

    fn too_late(&self, patience: Duration) -> Fault {
        let last = if self.last.is_empty() { "KubeVirt has not said anything about it" } else { &self.last };
        Fault::new(FaultCode::VmNotReady, format!("not ready after {} s: {last}", patience.as_secs()))
    }
}

fn words(status: &str, reason: &str) -> String {
    if reason.is_empty() { status.to_owned() } else { format!("{status}: {reason}") }
}

fn vanished() -> Fault {
    Fault::new(FaultCode::VmDeleted, "the VM was deleted while it was starting")
}
