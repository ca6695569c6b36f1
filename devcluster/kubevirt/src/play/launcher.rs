//! Scheduler and kubelet, as far as virt-launcher pods are concerned.

use std::time::Duration;

use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::condition::{self, Condition};
use crate::kinds::{Instance, Launcher};
use crate::play::{Action, Observed, Plan, guest};

const START_MS: u64 = 80;
/// Until a failed pull counts as one to be retried later.
const PULL_MS: u64 = 300;
/// How much longer a slow machine takes, when the rule does not say.
pub const SLOW_MS: u64 = 5_000;

pub fn tend(observed: &Observed<'_>, plan: &mut Plan) {
    let Some((launcher, instance)) = observed.launcher.as_ref().zip(observed.instance.as_ref()) else {
        return;
    };
    let (pod, instance) = (&launcher.object, &instance.object);
    if observed.is_node_lost() {
        lose(observed, plan, pod);
    } else if pod.is_deleting() {
        if instance.is_final() {
            let (name, uid) = (pod.name().to_owned(), pod.uid().to_owned());
            plan.act(Action::RemoveLauncher { name, uid });
        }
    } else if !pod.is_bound() {
        schedule(observed, plan, pod);
    } else if pod.status.phase == "Running" {
        probe(observed, plan, pod);
    } else if instance.status.phase == "Scheduling" || instance.status.phase == "Pending" {
        start(observed, plan, pod, instance, launcher.age);
    }
}

/// The node controller marks the pods of a node it hears nothing from as not ready, and gives no reason
/// (`MarkPodsNotReady`). virt-controller copies that; the instance stays Running, and so does the machine's
/// printable status, until somebody removes the node. A deletion waits for the node to come back.
fn lose(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher) {
    let lost = Condition { message: message(observed, Behaviour::NodeLost, ""), ..Condition::no("Ready") };
    set_ready(observed, plan, pod, lost);
}

fn schedule(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher) {
    let Some(rule) = observed.rule_for(Behaviour::Unschedulable) else {
        plan.act(Action::BindLauncher(pod.name().to_owned()));
        return;
    };
    let message = rule.message_or("0/1 nodes are available: 1 Insufficient memory.");
    let mut conditions = pod.status.conditions.clone();
    let failure = Condition::no("PodScheduled").because("Unschedulable", message);
    condition::set(&mut conditions, failure, &observed.now);
    patch_if_changed(plan, pod, conditions);
}

fn start(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher, instance: &Instance, age: Duration) {
    if observed.rule_for(Behaviour::ImagePullFailure).is_some() {
        fail_pull(observed, plan, pod, age);
        return;
    }
    let mut wait = observed.pace.millis(START_MS);
    // With data volumes it is their import that is slow.
    if let Some(rule) = observed.rule_for(Behaviour::Slow).filter(|_| observed.data_volumes.is_empty()) {
        wait = wait.saturating_add(rule.delay_or(observed.pace.millis(SLOW_MS)));
    }
    if !plan.waited(age, wait) {
        return;
    }
    let mut conditions = pod.status.conditions.clone();
    for kind in ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"] {
        condition::set(&mut conditions, Condition::yes(kind), &observed.now);
    }
    let address = guest::ip_address(instance);
    let running = json!({"running": {"startedAt": observed.now}});
    let status = json!({
        "phase": "Running",
        "conditions": conditions,
        "hostIP": "192.168.66.101",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": observed.now,
        "containerStatuses": container_statuses(pod, true, &running),
    });
    patch(plan, pod, status);
}

fn fail_pull(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher, age: Duration) {
    let image = disk_image(pod);
    let (reason, real) = match pod.waiting_reason() {
        None if plan.waited(age, observed.pace.millis(START_MS)) => {
            let real = format!(
                "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
            );
            ("ErrImagePull", real)
        }
        Some("ErrImagePull") if plan.waited(age, observed.pace.millis(PULL_MS)) => {
            ("ImagePullBackOff", format!("Back-off pulling image \"{image}\""))
        }
        _ => return,
    };
    let message = message(observed, Behaviour::ImagePullFailure, &real);
    let waiting = json!({"waiting": {"reason": reason, "message": message}});
    let status = json!({"containerStatuses": container_statuses(pod, false, &waiting)});
    patch(plan, pod, status);
}

fn probe(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher) {
    let wanted = match observed.rule_for(Behaviour::NeverReady) {
        Some(rule) => Condition::no("Ready")
            .because("ContainersNotReady", rule.message_or("containers with unready status: [compute]")),
        None => Condition::yes("Ready"),
    };
    set_ready(observed, plan, pod, wanted);
}

fn set_ready(observed: &Observed<'_>, plan: &mut Plan, pod: &Launcher, wanted: Condition) {
    let mut conditions = pod.status.conditions.clone();
    condition::set(&mut conditions, wanted, &observed.now);
    patch_if_changed(plan, pod, conditions);
}

fn patch_if_changed(plan: &mut Plan, pod: &Launcher, conditions: Vec<Condition>) {
    if conditions != pod.status.conditions {
        patch(plan, pod, json!({"conditions": conditions}));
    }
}

fn patch(plan: &mut Plan, pod: &Launcher, status: Value) {
    plan.act(Action::PatchLauncherStatus {
        name: pod.name().to_owned(),
        version: pod.metadata.resource_version.clone(),
        status,
    });
}

fn message(observed: &Observed<'_>, behaviour: Behaviour, real: &str) -> String {
    observed.rule_for(behaviour).map_or_else(|| real.to_owned(), |rule| rule.message_or(real))
}

fn containers(pod: &Launcher) -> impl Iterator<Item = &Value> {
    pod.spec.get("containers").and_then(Value::as_array).into_iter().flatten()
}

fn container_statuses(pod: &Launcher, ready: bool, state: &Value) -> Vec<Value> {
    let each = containers(pod).map(|container| {
        json!({
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": ready,
            "started": ready,
            "restartCount": 0,
            "state": state,
        })
    });
    each.collect()
}

/// The image most likely to be wrong: a container disk's, else the launcher's own.
fn disk_image(pod: &Launcher) -> &str {
    let images = containers(pod).filter_map(|container| container.get("image")?.as_str());
    images.last().unwrap_or_default()
}
