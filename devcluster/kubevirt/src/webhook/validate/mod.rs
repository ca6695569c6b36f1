//! What virt-api's validating webhook has against a machine, in its words and in its order.
//!
//! Two differences. A machine without any memory is refused here already, while the real one lets the
//! machine pass and refuses its instance. And of the real one's hundred checks these are the ones that people
//! run into.

mod cpu;
mod device;
mod memory;
pub mod spec;
mod storage;

use crate::webhook::review::{Answer, Cause, Request};
use crate::webhook::validate::spec::MachineSpec;

const RUN_STRATEGIES: [&str; 5] = ["Halted", "Manual", "Always", "RerunOnFailure", "Once"];

pub fn answer(request: &Request) -> Answer {
    let spec: MachineSpec = match serde_json::from_value(request.object["spec"].clone()) {
        Ok(spec) => spec,
        Err(error) => return Answer::malformed(&error.to_string()),
    };
    let causes = causes(&spec);
    if !causes.is_empty() {
        return Answer::invalid(causes);
    }
    let mut warnings = Vec::new();
    if spec.running.is_some() {
        warnings.push("spec.running is deprecated, please use spec.runStrategy instead.".to_owned());
    }
    Answer::Allow { patch: None, warnings }
}

fn causes(spec: &MachineSpec) -> Vec<Cause> {
    let Some(template) = &spec.template else {
        return vec![Cause::required("spec.template", "missing virtual machine template.")];
    };
    let field = "spec.template.spec";
    let instance = &template.spec;
    let mut causes = Vec::new();
    memory::check_amounts(field, &instance.domain, &mut causes);
    memory::check_huge_pages(field, &instance.domain, &mut causes);
    device::check_machine_type(field, &instance.domain, &mut causes);
    cpu::check(field, &instance.domain, &mut causes);
    device::check_networks(field, instance, &mut causes);
    device::check_boot(field, instance, &mut causes);
    device::check_disks(&format!("{field}.domain.devices.disks"), instance, &mut causes);
    storage::check_volumes(&format!("{field}.volumes"), instance, &mut causes);
    memory::check_presence(field, &instance.domain, &mut causes);
    storage::check_templates("spec.dataVolumeTemplate", spec, &mut causes);
    check_run_strategy(spec, &mut causes);
    causes
}

fn check_run_strategy(spec: &MachineSpec, causes: &mut Vec<Cause>) {
    match (spec.running, spec.run_strategy.as_deref()) {
        (Some(_), Some(_)) => causes.push(Cause::invalid(
            "spec.running",
            "Running and RunStrategy are mutually exclusive. Note that Running is deprecated, please use RunStrategy instead",
        )),
        (None, None) => causes.push(Cause::invalid("spec.running", "RunStrategy must be specified")),
        _ => {}
    }
    match spec.run_strategy.as_deref() {
        Some("WaitAsReceiver") => causes.push(Cause::invalid(
            "spec.runStrategy",
            "Invalid RunStrategy (WaitAsReceiver), DecentralizedLiveMigration feature gate is not enabled in kubevirt resource",
        )),
        Some(strategy) if !RUN_STRATEGIES.contains(&strategy) => {
            causes.push(Cause::invalid("spec.runStrategy", format!("Invalid RunStrategy ({strategy})")));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
