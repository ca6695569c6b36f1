//! The instance that virt-controller makes of a machine, with the defaults that virt-api's webhook would add.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use serde_json::{Map, Value, json};

use crate::condition;
use crate::kinds::{INSTANCE_FINALIZER, Instance, MACHINE_FINALIZER, Machine, PhaseTransition};
use crate::play::instance_conditions;
use crate::play::volume::volumes;
use crate::quantity::Quantity;

/// User of virt-launcher.
const QEMU: u64 = 107;

pub fn instance_of(machine: &Machine, now: &Time) -> Instance {
    let template = &machine.spec.template;
    let generation = machine.metadata.generation.unwrap_or(1);
    let mut annotations = template.metadata.annotations.clone().unwrap_or_default();
    annotations.insert("kubevirt.io/vm-generation".to_owned(), generation.to_string());
    annotations.entry("kubevirt.io/pci-topology-version".to_owned()).or_insert_with(|| "v3".to_owned());
    let metadata = ObjectMeta {
        name: machine.metadata.name.clone(),
        namespace: machine.metadata.namespace.clone(),
        labels: template.metadata.labels.clone(),
        annotations: Some(annotations),
        finalizers: Some(vec![MACHINE_FINALIZER.to_owned(), INSTANCE_FINALIZER.to_owned()]),
        owner_references: Some(vec![machine.controlling()]),
        ..ObjectMeta::default()
    };
    let mut spec = template.spec.clone();
    add_defaults(&mut spec);
    let mut instance = Instance::new(metadata, spec);
    instance.status.phase = "Pending".to_owned();
    instance.status.phase_transition_timestamps =
        vec![PhaseTransition { phase: "Pending".to_owned(), at: now.clone() }];
    condition::set(&mut instance.status.conditions, instance_conditions::without_launcher(), now);
    instance.status.runtime_user = Some(QEMU);
    instance.status.virtual_machine_revision_name = Some(format!("revision-start-vm-{}-{generation}", machine.uid()));
    instance
}

fn add_defaults(spec: &mut Value) {
    add_network(spec);
    add_disks(spec);
    add_pull_policies(spec);
    let domain = member(spec, "domain");
    add_cpu(domain);
    add_guest_memory(domain);
    put_if_absent(member(member(domain, "features"), "acpi"), "enabled", json!(true));
}

fn add_network(spec: &mut Value) {
    let attached = spec.pointer("/domain/devices/autoattachPodInterface") != Some(&json!(false));
    let is_empty = |list: Option<&Value>| list.and_then(Value::as_array).is_none_or(Vec::is_empty);
    let none = is_empty(spec.get("networks")) && is_empty(spec.pointer("/domain/devices/interfaces"));
    if attached && none {
        let devices = member(member(spec, "domain"), "devices");
        devices["interfaces"] = json!([{"name": "default", "bridge": {}}]);
        spec["networks"] = json!([{"name": "default", "pod": {}}]);
    }
}

/// A volume that no disk and no file system names becomes a disk.
fn add_disks(spec: &mut Value) {
    let devices = spec.pointer("/domain/devices");
    let lists = ["disks", "filesystems"].map(|list| devices.and_then(|each| each.get(list)?.as_array()));
    let named: Vec<_> = lists.into_iter().flatten().flatten().map(|each| each["name"].clone()).collect();
    let names = volumes(spec).iter().map(|volume| volume["name"].clone());
    let missing: Vec<_> = names.filter(|name| !named.contains(name)).collect();
    if missing.is_empty() {
        return;
    }
    let disks = &mut member(member(spec, "domain"), "devices")["disks"];
    if !disks.is_array() {
        *disks = json!([]);
    }
    if let Value::Array(disks) = disks {
        disks.extend(missing.into_iter().map(|name| json!({"name": name})));
    }
}

fn add_pull_policies(spec: &mut Value) {
    let volumes = spec.get_mut("volumes").and_then(Value::as_array_mut);
    for disk in volumes.into_iter().flatten().filter_map(|volume| volume.get_mut("containerDisk")) {
        let image = disk["image"].as_str().unwrap_or_default();
        let floats = image.ends_with(":latest") || !image.contains([':', '@']);
        put_if_absent(disk, "imagePullPolicy", json!(if floats { "Always" } else { "IfNotPresent" }));
    }
}

fn add_cpu(domain: &mut Value) {
    let resources = domain.get("resources");
    let quantity = |list| Quantity::read(resources?.get(list)?.get("cpu")?);
    let asked = quantity("limits").or_else(|| quantity("requests")).map_or(1, |cpu| cpu.value());
    let cpu = member(domain, "cpu");
    if ["cores", "sockets", "threads"].iter().all(|each| cpu.get(*each).is_none()) {
        cpu["sockets"] = json!(i64::try_from(asked).unwrap_or(1).max(1));
    }
    for each in ["cores", "sockets", "threads"] {
        put_if_absent(cpu, each, json!(1));
    }
    put_if_absent(cpu, "model", json!("host-model"));
}

fn add_guest_memory(domain: &mut Value) {
    let from = ["/resources/requests/memory", "/resources/limits/memory", "/memory/hugepages/pageSize"];
    let asked = from.iter().find_map(|path| domain.pointer(path)).cloned();
    if let Some(asked) = asked {
        put_if_absent(member(domain, "memory"), "guest", asked);
    }
}

/// The member of that name, made an object if there is none.
fn member<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    let member = &mut value[name];
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member
}

fn put_if_absent(value: &mut Value, name: &str, member: Value) {
    if let Value::Object(members) = value {
        members.entry(name).or_insert(member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_spec_gets_network_disk_and_topology() {
        let mut spec = json!({
            "domain": {"devices": {}, "resources": {"requests": {"memory": "1Gi", "cpu": "1500m"}}},
            "volumes": [{"name": "root", "containerDisk": {"image": "quay.io/os:42"}}],
        });
        add_defaults(&mut spec);
        let devices = &spec["domain"]["devices"];
        assert_eq!(devices["disks"], json!([{"name": "root"}]));
        assert_eq!(devices["interfaces"], json!([{"name": "default", "bridge": {}}]));
        assert_eq!(spec["networks"], json!([{"name": "default", "pod": {}}]));
        assert_eq!(spec["domain"]["memory"]["guest"], "1Gi");
        assert_eq!(spec["domain"]["cpu"]["sockets"], 2);
        assert_eq!(spec["volumes"][0]["containerDisk"]["imagePullPolicy"], "IfNotPresent");
    }

    #[test]
    fn what_the_machine_says_stays() {
        let mut spec = json!({
            "domain": {
                "cpu": {"cores": 4},
                "memory": {"guest": "2Gi"},
                "devices": {
                    "disks": [{"name": "root", "disk": {"bus": "scsi"}}],
                    "interfaces": [{"name": "lan", "masquerade": {}}],
                },
            },
            "networks": [{"name": "lan", "pod": {}}],
            "volumes": [{"name": "root", "dataVolume": {"name": "root"}}],
        });
        let before = spec.clone();
        add_defaults(&mut spec);
        assert_eq!(spec["domain"]["devices"], before["domain"]["devices"]);
        assert_eq!(spec["networks"], before["networks"]);
        assert_eq!(spec["domain"]["memory"], before["domain"]["memory"]);
        assert_eq!(spec["domain"]["cpu"]["cores"], 4);
        assert_eq!(spec["domain"]["cpu"]["sockets"], 1);
    }
}
