//! CPU: requests, limits and dedicated placement.

use crate::webhook::review::Cause;
use crate::webhook::validate::spec::{Cpu, Domain};

pub fn check(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    check_amounts(field, domain, causes);
    let Some(cpu) = &domain.cpu else { return };
    if cpu.dedicated_cpu_placement {
        check_pinning(field, domain, cpu, causes);
    } else if cpu.isolate_emulator_thread {
        causes.push(Cause::invalid(
            format!("{field}.domain.cpu.isolateEmulatorThread"),
            "IsolateEmulatorThread should be only set in combination with DedicatedCPUPlacement",
        ));
    }
}

fn check_amounts(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let request_field = format!("{field}.domain.resources.requests.cpu");
    let limit_field = format!("{field}.domain.resources.limits.cpu");
    let (request, limit) = (domain.resources.requests.cpu(), domain.resources.limits.cpu());
    for (name, amount) in [(&request_field, request), (&limit_field, limit)] {
        if amount.millis() < 0 {
            causes.push(Cause::invalid(name, format!("{name} '{amount}': must be greater than or equal to 0.")));
        }
    }
    if limit.millis() > 0 && request.millis() > limit.millis() {
        let message = format!("{request_field} '{request}' is greater than {limit_field} '{limit}'");
        causes.push(Cause::invalid(&request_field, message));
    }
}

fn check_pinning(field: &str, domain: &Domain, cpu: &Cpu, causes: &mut Vec<Cause>) {
    let request_field = format!("{field}.domain.resources.requests.cpu");
    let limit_field = format!("{field}.domain.resources.limits.cpu");
    let cores_field = format!("{field}.domain.cpu.cores");
    let pinning_field = format!("{field}.domain.cpu.dedicatedCpuPlacement");
    let resources = &domain.resources;
    let limit = resources.limits.cpu();
    // What is only limited is requested, too: the webhook's own default.
    let request = resources.requests.cpu.filter(|each| !each.is_zero()).unwrap_or(limit);
    for (name, amount, word) in [(&request_field, request, "requests"), (&limit_field, limit, "limits")] {
        if amount.value() > 0 && amount.value() * 1000 != amount.millis() {
            causes.push(Cause::invalid(name, format!("provided resources CPU {word} must be an interger")));
        }
    }
    check_equal_memory(field, domain, causes);
    let (request, limit) = (request.value(), limit.value());
    let mut deny = |message: String| causes.push(Cause::invalid(&pinning_field, message));
    if request == 0 && limit == 0 && cpu.vcpus() == 0 {
        deny(format!(
            "either {request_field} or {limit_field} or {cores_field} must be provided when DedicatedCPUPlacement is true "
        ));
    }
    if request > 0 && limit > 0 && request != limit {
        deny(format!("{request_field} or {limit_field} must be equal when DedicatedCPUPlacement is true "));
    }
    let vcpus = cpu.vcpus();
    if (request > 0 || limit > 0) && vcpus > 0 && request != vcpus && limit != vcpus {
        deny(format!(
            "{request_field} or {limit_field} must not be provided at the same time with {cores_field} when DedicatedCPUPlacement is true "
        ));
    }
    if cpu.threads > 2 {
        deny(format!(
            "Not more than two threads must be provided at {field}.domain.cpu.threads (got {}) when DedicatedCPUPlacement is true",
            cpu.threads
        ));
    }
}

fn check_equal_memory(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let (request, limit) = (domain.resources.requests.memory().value(), domain.resources.limits.memory().value());
    if request > 0 && limit > 0 && request != limit {
        let request_field = format!("{field}.domain.resources.requests.memory");
        let message = format!("{request_field} must be equal to {field}.domain.resources.limits.memory");
        causes.push(Cause::invalid(request_field, message));
    }
}
