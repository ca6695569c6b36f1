//! Waiting for a VM, by one watch on that VM.

use std::time::Duration;

use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, ListParams};
use shepherd_domain::fault::{Fault, FaultCode, Operation};
use tokio::time::{Instant, timeout, timeout_at};

use super::cluster::Cluster;
use super::follow::{Follow, Seen};
use super::kubevirt::{Outlook, Vm, text};
use super::orders::{VmReady, VmRef};

/// How long a failing status must last: some of them flash by while volumes are being made.
const GRACE: Duration = Duration::from_secs(3);

pub(super) async fn wait(cluster: &Cluster, vm: &VmRef, patience: Duration) -> Result<VmReady, Fault> {
    let selection = ListParams::default().fields(&format!("metadata.name={}", vm.name));
    let mut watch = Follow::new(cluster, cluster.vms(&vm.namespace), selection);
    let mut wait = Wait { vm, last: String::new(), failing: None, is_listed: false };
    let end = timeout(patience, wait.run(&mut watch)).await;
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
                    if let Some(ready) = self.judge(&found)? {
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

    fn judge(&mut self, found: &Vm) -> Result<Option<VmReady>, Fault> {
        let metadata = &found.metadata;
        if self.vm.uid.is_some() && self.vm.uid != metadata.uid {
            return Err(Fault::new(FaultCode::VmDeleted, "another object has taken the name of the VM"));
        }
        if metadata.deletion_timestamp.is_some() {
            return Err(vanished());
        }
        self.is_listed = true;
        let status = found.status.clone().unwrap_or_default();
        self.last = words(&status.printable_status, &status.reason());
        match status.outlook() {
            Outlook::Ready => {
                return Ok(Some(VmReady {
                    uid: text(metadata.uid.as_ref()),
                    resource_version: text(metadata.resource_version.as_ref()),
                }));
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
