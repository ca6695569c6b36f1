//! A `VirtualMachineInstance` from Pending to its end: virt-controller until the launcher is ready,
//! virt-handler from there on.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::Behaviour;
use crate::condition::{self, Condition};
use crate::kinds::{INSTANCE_FINALIZER, Instance, Launcher, MACHINE_FINALIZER, PhaseTransition};
use crate::node;
use crate::play::instance_conditions::{image_error, ready};
use crate::play::volume::used_names;
use crate::play::{Action, Observed, Plan, Refusal, guest, launcher_manifest};
use crate::stage::Aged;

const DOMAIN_START_MS: u64 = 80;
const AGENT_START_MS: u64 = 80;
const SHUTDOWN_MS: u64 = 40;
/// Until a launcher crashes, when the rule does not say.
const CRASH_MS: u64 = 100;

pub fn tend(observed: &Observed<'_>, plan: &mut Plan) {
    let Some(seen) = &observed.instance else {
        return;
    };
    let mut wanted = Instance::clone(&seen.object);
    match seen.object.status.phase.as_str() {
        "Succeeded" | "Failed" => release(observed, plan, &mut wanted),
        _ if seen.object.is_deleting() => stop(observed, plan, &mut wanted),
        "Pending" => await_launcher(observed, plan, &mut wanted),
        "Scheduling" => await_ready_launcher(observed, &mut wanted),
        "Scheduled" => start_domain(observed, plan, seen, &mut wanted),
        "Running" => watch_domain(observed, plan, seen, &mut wanted),
        _ => {}
    }
    if wanted.status.phase != seen.object.status.phase {
        let phase = wanted.status.phase.clone();
        wanted.status.phase_transition_timestamps.push(PhaseTransition { phase, at: observed.now.clone() });
    }
    let ready = ready(observed, &wanted);
    condition::set(&mut wanted.status.conditions, ready, &observed.now);
    if is_worth_writing(&seen.object, &wanted) {
        plan.act(Action::ReplaceInstance(Box::new(wanted)));
    }
}

/// On the way out only the end counts.
fn is_worth_writing(present: &Instance, wanted: &Instance) -> bool {
    if present.is_deleting() {
        return present.status.phase != wanted.status.phase || present.metadata != wanted.metadata;
    }
    present.status != wanted.status || present.metadata != wanted.metadata
}

/// The launcher goes before the instance does.
fn release(observed: &Observed<'_>, plan: &mut Plan, wanted: &mut Instance) {
    if !wanted.is_deleting() {
        return;
    }
    match &observed.launcher {
        Some(launcher) => delete_launcher(plan, &launcher.object),
        None => {
            let finalizers = wanted.metadata.finalizers.get_or_insert_default();
            finalizers.retain(|each| each != INSTANCE_FINALIZER && each != MACHINE_FINALIZER);
        }
    }
}

/// The launcher is told to end; it shuts the guest down first.
fn stop(observed: &Observed<'_>, plan: &mut Plan, wanted: &mut Instance) {
    if observed.is_node_lost() {
        return;
    }
    let ended = match &observed.launcher {
        None => true,
        Some(launcher) => {
            delete_launcher(plan, &launcher.object);
            launcher.object.is_deleting() && plan.waited(launcher.age, observed.pace.millis(SHUTDOWN_MS))
        }
    };
    if matches!(wanted.status.phase.as_str(), "Pending" | "Scheduling") {
        "Failed".clone_into(&mut wanted.status.phase);
    } else if ended {
        "Succeeded".clone_into(&mut wanted.status.phase);
    }
}

fn await_launcher(observed: &Observed<'_>, plan: &mut Plan, wanted: &mut Instance) {
    let filled = used_names(&wanted.spec).all(|name| {
        let mut known = observed.data_volumes.iter();
        known.any(|volume| volume.name() == name && volume.status.phase == "Succeeded")
    });
    if let Some(Refusal::Launcher(message)) = &observed.refusal {
        let message = format!("failed to create virtual machine pod: {message}");
        let failure = Condition::no("Synchronized").because("FailedCreate", message);
        condition::set(&mut wanted.status.conditions, failure, &observed.now);
    }
    match &observed.launcher {
        Some(launcher) => {
            condition::remove(&mut wanted.status.conditions, "Synchronized");
            "Scheduling".clone_into(&mut wanted.status.phase);
            note_launcher(wanted, &launcher.object);
        }
        None if filled => {
            let mut launcher = launcher_manifest::launcher_of(wanted);
            // There is one node: the scheduler's choice is only worth a write of its own when it can fail.
            if observed.rule_for(Behaviour::Unschedulable).is_none() {
                launcher.spec["nodeName"] = node::NAME.into();
            }
            plan.act(Action::CreateLauncher(Box::new(launcher)));
        }
        None => {}
    }
}

fn await_ready_launcher(observed: &Observed<'_>, wanted: &mut Instance) {
    let Some(launcher) = observed.launcher.as_ref().map(|seen| &*seen.object) else {
        "Failed".clone_into(&mut wanted.status.phase);
        return;
    };
    note_launcher(wanted, launcher);
    let conditions = &mut wanted.status.conditions;
    match condition::find(&launcher.status.conditions, "PodScheduled") {
        Some(scheduled) if scheduled.status == "False" => {
            condition::set(conditions, scheduled.clone(), &observed.now);
        }
        _ => condition::remove(conditions, "PodScheduled"),
    }
    match image_error(launcher) {
        Some((reason, message)) => {
            let failure = Condition::no("Synchronized").because(reason, message);
            condition::set(conditions, failure, &observed.now);
        }
        None => condition::remove(conditions, "Synchronized"),
    }
    if launcher.is_deleting() {
        "Failed".clone_into(&mut wanted.status.phase);
    } else if launcher.is_ready() {
        "Scheduled".clone_into(&mut wanted.status.phase);
        wanted.status.node_name = Some(node::NAME.to_owned());
        wanted.status.migration_transport = Some("Unix".to_owned());
        wanted.status.volume_status = guest::volume_status(&wanted.spec);
        let labels = wanted.metadata.labels.get_or_insert_default();
        labels.insert("kubevirt.io/nodeName".to_owned(), node::NAME.to_owned());
    }
}

/// An instance that fails here never ran, so the machine's start counts as failed and is retried with pauses.
fn start_domain(observed: &Observed<'_>, plan: &mut Plan, seen: &Aged<Arc<Instance>>, wanted: &mut Instance) {
    if observed.launcher.as_ref().is_none_or(|launcher| launcher.object.is_deleting()) {
        "Failed".clone_into(&mut wanted.status.phase);
        return;
    }
    if let Some(rule) = observed.rule_for(Behaviour::CrashAfterStart) {
        if plan.waited(seen.age, rule.delay_or(observed.pace.millis(CRASH_MS))) {
            let message = rule.message_or("server error. command SyncVMI failed: \"LibvirtError(Code=1, Domain=10, Message='internal error: process exited while connecting to monitor')\"");
            let failure = Condition::no("Synchronized").because("Synchronizing with the Domain failed.", message);
            condition::set(&mut wanted.status.conditions, failure, &observed.now);
            "Failed".clone_into(&mut wanted.status.phase);
        }
        return;
    }
    if plan.waited(seen.age, observed.pace.millis(DOMAIN_START_MS)) {
        "Running".clone_into(&mut wanted.status.phase);
        guest::boot(wanted, &observed.now);
        // On a busy machine we may be so late that the agent would have answered by now.
        let up = observed.pace.millis(DOMAIN_START_MS + AGENT_START_MS);
        if seen.age >= up && observed.rule_for(Behaviour::NeverReady).is_none() {
            guest::connect_agent(wanted, &observed.now);
        }
    }
}

fn watch_domain(observed: &Observed<'_>, plan: &mut Plan, seen: &Aged<Arc<Instance>>, wanted: &mut Instance) {
    if observed.is_node_lost() {
        return;
    }
    if let Some(rule) = observed.rule_for(Behaviour::NodeLost) {
        plan.waited(seen.age, rule.delay_or(std::time::Duration::ZERO));
    }
    match observed.launcher.as_ref().map(|launcher| launcher.object.is_deleting()) {
        None => "Failed".clone_into(&mut wanted.status.phase),
        Some(true) => "Succeeded".clone_into(&mut wanted.status.phase),
        Some(false) if observed.rule_for(Behaviour::NeverReady).is_some() => {}
        Some(false) => {
            let connected = condition::find(&wanted.status.conditions, "AgentConnected").is_some();
            if !connected && plan.waited(seen.age, observed.pace.millis(AGENT_START_MS)) {
                guest::connect_agent(wanted, &observed.now);
            }
        }
    }
}

fn note_launcher(wanted: &mut Instance, launcher: &Launcher) {
    wanted.status.qos_class = launcher.status.qos_class.clone();
    wanted.status.active_pods = [(launcher.uid().to_owned(), launcher_node(launcher))].into();
    wanted.status.launcher_container_image_version = Some(launcher_manifest::IMAGE.to_owned());
}

fn launcher_node(launcher: &Launcher) -> String {
    let bound_to = launcher.spec.get("nodeName").and_then(Value::as_str);
    bound_to.unwrap_or_default().to_owned()
}

fn delete_launcher(plan: &mut Plan, launcher: &Launcher) {
    if !launcher.is_deleting() {
        plan.act(Action::DeleteLauncher { name: launcher.name().to_owned(), uid: launcher.uid().to_owned() });
    }
}
