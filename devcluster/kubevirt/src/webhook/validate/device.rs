//! Devices: that names fit together, and what the machine type and the buses allow.

use std::collections::HashSet;

use crate::webhook::review::Cause;
use crate::webhook::validate::spec::{Disk, Domain, InstanceSpec, Named};

const BUSES: [&str; 4] = ["virtio", "scsi", "sata", "usb"];

pub fn check_machine_type(field: &str, domain: &Domain, causes: &mut Vec<Cause>) {
    let Some(machine) = domain.machine.as_ref().map(|machine| machine.kind.as_str()) else {
        return;
    };
    if !machine.is_empty() && !machine.starts_with("q35") && !machine.starts_with("pc-q35") {
        let field = format!("{field}.domain.machine.type");
        let message = format!("{field} is not supported: {machine} (allowed values: [q35* pc-q35*])");
        causes.push(Cause::invalid(field, message));
    }
}

pub fn check_networks(field: &str, spec: &InstanceSpec, causes: &mut Vec<Cause>) {
    let interfaces = &spec.domain.devices.interfaces;
    let interface_field = format!("{field}.domain.devices.interfaces");
    check_unique(&format!("{field}.networks"), "Network", &spec.networks, causes);
    for (index, network) in spec.networks.iter().enumerate() {
        if !interfaces.iter().any(|each| each.name == network.name) {
            let field = format!("{field}.networks[{index}].name");
            causes.push(Cause::required(&field, format!("{field} '{}' not found.", network.name)));
        }
    }
    check_unique(&interface_field, "Interface", interfaces, causes);
    for (index, interface) in interfaces.iter().enumerate() {
        if !spec.networks.iter().any(|each| each.name == interface.name) {
            let field = format!("{interface_field}[{index}].name");
            causes.push(Cause::invalid(&field, format!("{field} '{}' not found.", interface.name)));
        }
    }
}

fn check_unique(field: &str, what: &str, named: &[Named], causes: &mut Vec<Cause>) {
    let mut known = HashSet::new();
    for (index, each) in named.iter().enumerate() {
        if !known.insert(&each.name) {
            let message = match what {
                "Network" => {
                    format!("Network with name {:?} already exists, every network must have a unique name", each.name)
                }
                _ => "Only one interface can be connected to one specific network".to_owned(),
            };
            causes.push(Cause::invalid(format!("{field}[{index}].name"), message));
        }
    }
}

/// That every disk has its volume (a CD-ROM drive may be empty), and that the order of booting is one.
pub fn check_boot(field: &str, spec: &InstanceSpec, causes: &mut Vec<Cause>) {
    let mut orders = HashSet::new();
    for (index, disk) in spec.domain.devices.disks.iter().enumerate() {
        let field = format!("{field}.domain.devices.disks[{index}]");
        let volume = spec.volumes.iter().find(|volume| volume.name == disk.name);
        if volume.is_none() && disk.cdrom.is_none() {
            let message = format!("{field}.Name '{}' not found.", disk.name);
            causes.push(Cause::invalid(format!("{field}.name"), message));
        }
        let is_claim = |source: &str| matches!(source, "persistentVolumeClaim" | "dataVolume");
        if disk.lun.is_some() && volume.is_some_and(|volume| !volume.sources.keys().any(|source| is_claim(source))) {
            let field = format!("{field}.lun");
            let message = format!("{field} can only be mapped to a DataVolume or PersistentVolumeClaim volume.");
            causes.push(Cause::invalid(field, message));
        }
        if disk.boot_order.is_some_and(|order| !orders.insert(order)) {
            let field = format!("{field}.bootOrder");
            let message = format!("Boot order for {field} already set for a different device.");
            causes.push(Cause::invalid(field, message));
        }
    }
}

pub fn check_disks(field: &str, spec: &InstanceSpec, causes: &mut Vec<Cause>) {
    let disks = &spec.domain.devices.disks;
    for (index, disk) in disks.iter().enumerate() {
        for (other, earlier) in disks.iter().enumerate().take(index) {
            if earlier.name == disk.name {
                let message = format!("{field}[{index}] and {field}[{other}] must not have the same Name.");
                causes.push(Cause::invalid(format!("{field}[{index}].name"), message));
            }
        }
        check_disk(&format!("{field}[{index}]"), disk, causes);
    }
}

fn check_disk(field: &str, disk: &Disk, causes: &mut Vec<Cause>) {
    let targets = [("disk", &disk.disk), ("lun", &disk.lun), ("cdrom", &disk.cdrom)];
    let mut set = targets.iter().filter_map(|(name, target)| Some((*name, target.as_ref()?)));
    let Some((kind, target)) = set.next() else {
        return;
    };
    if set.next().is_some() {
        causes.push(Cause::invalid(field, format!("{field} can only have a single target type defined")));
    }
    if disk.boot_order == Some(0) {
        let message = format!("{field} must have a boot order > 0, if supplied");
        causes.push(Cause::invalid(format!("{field}.bootOrder"), message));
    }
    let bus = target.bus.as_str();
    let message = match bus {
        "ide" => "IDE bus is not supported".to_owned(),
        "virtio" if kind == "cdrom" => "Bus type virtio is invalid for CD-ROM device".to_owned(),
        "" => return,
        _ if BUSES.contains(&bus) => return,
        _ => format!("{field} is set with an unrecognized bus {bus}, must be one of: [{}]", BUSES.join(" ")),
    };
    causes.push(Cause::invalid(format!("{field}.{kind}.bus"), message));
}
