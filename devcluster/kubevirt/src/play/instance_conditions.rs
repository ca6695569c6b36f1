//! What an instance says of itself in conditions, as far as it follows from its launcher.

use crate::behaviour::Behaviour;
use crate::condition::{self, Condition};
use crate::kinds::{Instance, Launcher};
use crate::play::Observed;

/// What keeps a container of the launcher waiting, if it is its image.
pub fn image_error(launcher: &Launcher) -> Option<(&str, &str)> {
    launcher.status.container_statuses.iter().find_map(|container| {
        let waiting = container.pointer("/state/waiting")?;
        let reason = waiting.get("reason")?.as_str()?;
        let message = waiting.get("message")?.as_str()?;
        matches!(reason, "ErrImagePull" | "ImagePullBackOff").then_some((reason, message))
    })
}

/// The launcher's readiness counts once the guest runs. It is looked at when the agent answers, so that the
/// two changes are one write.
pub fn ready(observed: &Observed<'_>, wanted: &Instance) -> Condition {
    let Some(launcher) = observed.launcher.as_ref().map(|seen| &*seen.object) else {
        return without_launcher();
    };
    if launcher.is_deleting() && !observed.is_node_lost() {
        return Condition::no("Ready").because("PodTerminating", "virt-launcher pod is terminating");
    }
    let is_up = condition::find(&wanted.status.conditions, "AgentConnected").is_some()
        || observed.rule_for(Behaviour::NeverReady).is_some();
    if wanted.status.phase != "Running" || !is_up {
        return Condition::no("Ready").because("GuestNotRunning", "Guest VM is not reported as running");
    }
    match condition::find(&launcher.status.conditions, "Ready") {
        Some(theirs) => theirs.clone(),
        None => {
            Condition::no("Ready").because("PodConditionMissing", "virt-launcher pod is missing the Ready condition")
        }
    }
}

pub fn without_launcher() -> Condition {
    Condition::no("Ready").because("PodNotExists", "virt-launcher pod has not yet been scheduled")
}
