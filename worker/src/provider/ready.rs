//! Waiting for a VM, by one watch on that VM.

use std::time::Duration;

use kube::api::ListParams;
use shepherd_domain::fault::{Fault, FaultCode};
use tokio::time::{Instant, timeout, timeout_at};

use super::Progress;
use super::cluster::Cluster;
use super::follow::{Follow, Seen};
use super::kubevirt::{Outlook, Vm, text};
use super::orders::{VmProgress, VmReady, VmRef};

/// How long a failing status must last: some of them flash by while volumes are being made.
const GRACE: Duration = Duration::from_secs(3);

pub(super) async fn wait(
    cluster: &Cluster,
    vm: &VmRef,
    patience: Duration,
    progress: Progress<'_>,
) -> Result<VmReady, Fault> {
    let selection = ListParams::default().fields(&format!("metadata.name={}", vm.name));
    let mut watch = Follow::new(cluster, cluster.vms(&vm.namespace), selection);
    let mut wait = Wait { vm, progress, told: None, failing: None, is_listed: false };
    match timeout(patience, wait.run(&mut watch)).await {
        Ok(end) => end,
        Err(_) => Err(wait.too_late(patience)),
    }
}

struct Wait<'a> {
    vm: &'a VmRef,
    progress: Progress<'a>,
    /// What was last told to the one who waits.
    told: Option<VmProgress>,
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
        let now = VmProgress { reason: status.reason(), status: status.printable_status.clone() };
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
                self.failing = Some((at, Fault::new(FaultCode::VmStartFailed, words(&now))));
            }
        }
        if self.told.as_ref() != Some(&now) {
            (self.progress)(now.clone());
            self.told = Some(now);
        }
        Ok(None)
    }

    fn too_late(&self, patience: Duration) -> Fault {
        let last = self.told.as_ref().map_or_else(|| "nothing seen".to_owned(), words);
        Fault::new(FaultCode::VmNotReady, format!("not ready after {} s: {last}", patience.as_secs()))
    }
}

fn words(progress: &VmProgress) -> String {
    if progress.reason.is_empty() {
        progress.status.clone()
    } else {
        format!("{}: {}", progress.status, progress.reason)
    }
}

fn vanished() -> Fault {
    Fault::new(FaultCode::VmDeleted, "the VM was deleted while it was starting")
}
