//! virt-controller, the part that turns a `VirtualMachine` into data volumes and an instance.

use serde_json::Value;

use crate::behaviour::Behaviour;
use crate::kinds::{DataVolume, DataVolumeTemplate, MACHINE_FINALIZER, Machine, MachineSpec};
use crate::play::instance_manifest::instance_of;
use crate::play::{Action, Observed, Plan};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RunStrategy {
    Always,
    RerunOnFailure,
    Once,
    Manual,
    Halted,
}

impl RunStrategy {
    pub fn of(spec: &MachineSpec) -> Self {
        match (spec.run_strategy.as_deref(), spec.running) {
            (Some("Always"), _) | (None, Some(true)) => Self::Always,
            (Some("RerunOnFailure"), _) => Self::RerunOnFailure,
            (Some("Once"), _) => Self::Once,
            (Some("Manual"), _) => Self::Manual,
            _ => Self::Halted,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::RerunOnFailure => "RerunOnFailure",
            Self::Once => "Once",
            Self::Manual => "Manual",
            Self::Halted => "Halted",
        }
    }
}

pub fn tend(observed: &Observed<'_>, plan: &mut Plan) {
    let machine = observed.machine;
    if !machine.is_deleting() && !machine.has_finalizer(MACHINE_FINALIZER) {
        let mut finalizers = machine.metadata.finalizers.clone().unwrap_or_default();
        finalizers.push(MACHINE_FINALIZER.to_owned());
        plan.act(Action::SetMachineFinalizers(finalizers));
        return;
    }
    if machine.is_deleting() {
        retire(observed, plan);
        return;
    }
    let ready = tend_data_volumes(observed, plan);
    match &observed.instance {
        None if ready => start(observed, plan),
        None => {}
        Some(instance) if instance.object.is_deleting() => {}
        Some(instance) => {
            let ended = instance.object.is_final();
            let stop = match RunStrategy::of(&machine.spec) {
                RunStrategy::Halted => true,
                RunStrategy::Always | RunStrategy::RerunOnFailure => ended,
                RunStrategy::Once | RunStrategy::Manual => false,
            };
            if stop {
                plan.act(Action::DeleteInstance(instance.object.uid().to_owned()));
            }
        }
    }
}

/// The instance goes first; the machine's finalizer keeps the machine until then.
fn retire(observed: &Observed<'_>, plan: &mut Plan) {
    let machine = observed.machine;
    match &observed.instance {
        None if machine.has_finalizer(MACHINE_FINALIZER) => {
            let mut finalizers = machine.metadata.finalizers.clone().unwrap_or_default();
            finalizers.retain(|each| each != MACHINE_FINALIZER);
            plan.act(Action::SetMachineFinalizers(finalizers));
        }
        Some(instance) if !instance.object.is_deleting() => {
            plan.act(Action::DeleteInstance(instance.object.uid().to_owned()));
        }
        _ => {}
    }
}

/// Creates what is missing. True when every template's data volume is filled.
fn tend_data_volumes(observed: &Observed<'_>, plan: &mut Plan) -> bool {
    let mut ready = true;
    for template in &observed.machine.spec.data_volume_templates {
        let mut known = observed.data_volumes.iter();
        match known.find(|each| Some(each.name()) == template.metadata.name.as_deref()) {
            Some(volume) => ready &= volume.status.phase == "Succeeded",
            None => {
                ready = false;
                plan.act(Action::CreateDataVolume(Box::new(data_volume(observed.machine, template))));
            }
        }
    }
    ready
}

fn data_volume(machine: &Machine, template: &DataVolumeTemplate) -> DataVolume {
    let mut labels = template.metadata.labels.clone().unwrap_or_default();
    labels.insert("kubevirt.io/created-by".to_owned(), machine.uid().to_owned());
    let metadata = kube::api::ObjectMeta {
        name: template.metadata.name.clone(),
        namespace: machine.metadata.namespace.clone(),
        labels: Some(labels),
        annotations: template.metadata.annotations.clone(),
        owner_references: Some(vec![machine.controlling()]),
        ..Default::default()
    };
    DataVolume::new(metadata, template.spec.clone())
}

fn start(observed: &Observed<'_>, plan: &mut Plan) {
    let machine = observed.machine;
    let strategy = RunStrategy::of(&machine.spec);
    let wanted = match strategy {
        RunStrategy::Always => true,
        RunStrategy::RerunOnFailure => {
            has_start_request(machine) || machine.status.run_strategy.as_deref() != Some(strategy.name())
        }
        // The strategy is recorded with the first instance: there is no second.
        RunStrategy::Once => machine.status.run_strategy.is_none(),
        RunStrategy::Manual => has_start_request(machine),
        RunStrategy::Halted => false,
    };
    if wanted && backed_off(observed, plan) {
        let instance = instance_of(machine, &observed.now);
        plan.act(Action::CreateInstance(Box::new(instance)));
    }
}

/// Whether the pause after failed starts is over. It is, at once, when the rule that made them fail is gone.
fn backed_off(observed: &Observed<'_>, plan: &mut Plan) -> bool {
    let failure = observed.machine.status.start_failure.as_ref();
    let Some(retry_at) = failure.and_then(|failure| failure.retry_after_timestamp.as_ref()) else {
        return true;
    };
    if observed.rule_for(Behaviour::CrashAfterStart).is_none() {
        return true;
    }
    let left = retry_at.0.duration_since(observed.now.0);
    match std::time::Duration::try_from(left) {
        Ok(left) if !left.is_zero() => {
            plan.wake_after(left);
            false
        }
        _ => true,
    }
}

fn has_start_request(machine: &Machine) -> bool {
    let mut requests = machine.status.state_change_requests.iter();
    requests.any(|request| request.get("action").and_then(Value::as_str) == Some("Start"))
}
