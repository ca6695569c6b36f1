//! Which data volumes a machine is about.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kinds::MachineSpec;

/// Names of the data volumes that the machine brings as templates or uses as volumes.
pub fn data_volume_names(spec: &MachineSpec) -> impl Iterator<Item = &str> {
    let templates = spec.data_volume_templates.iter();
    let named = templates.filter_map(|template| template.metadata.name.as_deref());
    let names: BTreeSet<&str> = named.chain(used_names(&spec.template.spec)).collect();
    names.into_iter()
}

/// Names of the data volumes among the volumes of an instance's spec.
pub fn used_names(instance_spec: &Value) -> impl Iterator<Item = &str> {
    volumes(instance_spec).iter().filter_map(|volume| volume.pointer("/dataVolume/name")?.as_str())
}

pub fn volumes(instance_spec: &Value) -> &[Value] {
    instance_spec.get("volumes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
