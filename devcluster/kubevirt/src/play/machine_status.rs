//! The status of a `VirtualMachine`: everything in it follows from what else is seen.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::SignedDuration;
use serde_json::json;

use crate::condition::{self, Condition};
use crate::kinds::{DataVolume, Instance, Machine, MachineStatus, StartFailure};
use crate::play::machine::RunStrategy;
use crate::play::volume::used_names;
use crate::play::{Observed, Refusal};

/// Conditions that a machine has of its own; all others are its instance's.
const OWN: [&str; 3] = ["Ready", "Failure", "RestartRequired"];

pub fn next(observed: &Observed<'_>) -> MachineStatus {
    let machine = observed.machine;
    let instance = observed.instance.as_ref().map(|seen| &*seen.object);
    let strategy = RunStrategy::of(&machine.spec);
    let mut status = machine.status.clone();
    status.created = instance.is_some();
    status.ready = instance.is_some_and(|each| each.status.conditions.iter().any(Condition::is_ready));
    if status.created {
        status.observed_generation = machine.metadata.generation;
        status.desired_generation = machine.metadata.generation;
    }
    if status.created || status.run_strategy.is_some() {
        status.run_strategy = Some(strategy.name().to_owned());
    }
    record_requests(&mut status, instance, strategy);
    record_start_failure(&mut status, observed, strategy);
    record_conditions(&mut status, observed, instance);
    printable(machine, instance, &observed.data_volumes, &status).clone_into(&mut status.printable_status);
    status
}

/// Whether the difference is one that anybody waits for. On the way up and on the way out the reason for not
/// being ready changes with every step; the printable status says enough.
pub fn is_worth_writing(machine: &Machine, next: &MachineStatus) -> bool {
    let present = &machine.status;
    if machine.is_deleting() {
        return present.printable_status != next.printable_status;
    }
    if present.printable_status != "Starting" {
        return present != next;
    }
    let without_ready = |status: &MachineStatus| {
        let mut status = status.clone();
        condition::remove(&mut status.conditions, "Ready");
        status
    };
    present.ready != next.ready || without_ready(present) != without_ready(next)
}

/// A failed instance is to be replaced under `RerunOnFailure`: that is remembered as a request to start.
fn record_requests(status: &mut MachineStatus, instance: Option<&Instance>, strategy: RunStrategy) {
    let Some(instance) = instance else { return };
    let failed = instance.status.phase == "Failed" && strategy == RunStrategy::RerunOnFailure;
    status.state_change_requests = if failed { vec![json!({"action": "Start"})] } else { Vec::new() };
}

/// Only an instance that never ran counts: one that failed later is replaced at once, without a pause.
fn record_start_failure(status: &mut MachineStatus, observed: &Observed<'_>, strategy: RunStrategy) {
    let restarts = !matches!(strategy, RunStrategy::Halted | RunStrategy::Manual);
    let instance = observed.instance.as_ref().map(|seen| &seen.object);
    if !restarts || instance.is_some_and(|each| each.was_running()) {
        status.start_failure = None;
        return;
    }
    let Some(instance) = instance.filter(|each| each.is_final()) else {
        return;
    };
    let known = status.start_failure.take().unwrap_or_default();
    if known.last_failed_vmi_uid == instance.uid() {
        status.start_failure = Some(known);
        return;
    }
    let count = known.consecutive_fail_count.saturating_add(1);
    status.start_failure = Some(StartFailure {
        consecutive_fail_count: count,
        last_failed_vmi_uid: instance.uid().to_owned(),
        retry_after_timestamp: Some(retry_at(observed, count)),
    });
}

/// Ten seconds, growing with the square of the failures, five minutes at most; the real one adds some chance.
fn retry_at(observed: &Observed<'_>, count: u32) -> Time {
    let seconds = u64::from(count).saturating_pow(2).saturating_mul(10).min(300);
    let pause = observed.pace.millis(seconds.saturating_mul(1000));
    let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::ZERO);
    Time(observed.now.0.saturating_add(pause).unwrap_or(observed.now.0))
}

fn record_conditions(status: &mut MachineStatus, observed: &Observed<'_>, instance: Option<&Instance>) {
    let (conditions, now) = (&mut status.conditions, &observed.now);
    condition::set(conditions, ready(instance), now);
    match failure(observed) {
        Some(failure) => condition::set(conditions, failure, now),
        None => condition::remove(conditions, "Failure"),
    }
    let Some(instance) = instance else { return };
    let theirs = &instance.status.conditions;
    conditions.retain(|each| OWN.contains(&&*each.kind) || condition::find(theirs, &each.kind).is_some());
    for each in theirs.iter().filter(|each| !OWN.contains(&&*each.kind)) {
        condition::set(conditions, each.clone(), now);
    }
}

fn ready(instance: Option<&Instance>) -> Condition {
    match instance.map(|each| condition::find(&each.status.conditions, "Ready")) {
        Some(Some(theirs)) => theirs.clone(),
        Some(None) => Condition::no("Ready").because("VMIConditionMissing", "VMI is missing the Ready condition"),
        None => Condition::no("Ready").because("VMINotExists", "VMI does not exist"),
    }
}

fn failure(observed: &Observed<'_>) -> Option<Condition> {
    let message = match observed.refusal.as_ref()? {
        Refusal::Instance(message) => format!("Failure while starting VMI: {message}"),
        Refusal::DataVolume(message) => {
            format!("Error encountered while creating DataVolumes: failed to create DataVolume: {message}")
        }
        Refusal::Launcher(_) => return None,
    };
    Some(Condition::yes("Failure").because("FailedCreate", message))
}

/// The first that applies, in the order in which virt-controller asks.
fn printable<'a>(
    machine: &Machine,
    instance: Option<&Instance>,
    data_volumes: &[std::sync::Arc<DataVolume>],
    status: &MachineStatus,
) -> &'a str {
    let phase = instance.map(|each| each.status.phase.as_str());
    let ended = instance.is_none_or(Instance::is_final);
    let used: Vec<_> = used_names(&machine.spec.template.spec).collect();
    let mut filled_by = data_volumes.iter().filter(|each| used.contains(&each.name()));
    let has = |kind: &str, reason: &str| {
        let mut conditions = instance.iter().flat_map(|each| &each.status.conditions);
        conditions.any(|each| each.is(kind, "False", reason))
    };
    if machine.is_deleting() {
        "Terminating"
    } else if !ended && instance.is_some_and(Instance::is_deleting) {
        "Stopping"
    } else if phase == Some("Running") {
        "Running"
    } else if filled_by.clone().any(|each| has_failed(each)) {
        "DataVolumeError"
    } else if has("PodScheduled", "Unschedulable") {
        "ErrorUnschedulable"
    } else if filled_by.any(|each| each.status.phase != "Succeeded") {
        "Provisioning"
    } else if has("Synchronized", "ErrImagePull") {
        "ErrImagePull"
    } else if has("Synchronized", "ImagePullBackOff") {
        "ImagePullBackOff"
    } else if !ended {
        "Starting"
    } else if status.start_failure.is_some() {
        "CrashLoopBackOff"
    } else {
        "Stopped"
    }
}

fn has_failed(volume: &DataVolume) -> bool {
    volume.status.phase == "Failed" || volume.status.conditions.iter().any(|each| each.is("Running", "False", "Error"))
}
