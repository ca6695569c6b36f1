//! Volumes and the templates of data volumes.

use std::collections::HashMap;

use crate::webhook::review::Cause;
use crate::webhook::validate::spec::{DataVolumeSpec, InstanceSpec, MachineSpec};

pub fn check_volumes(field: &str, spec: &InstanceSpec, causes: &mut Vec<Cause>) {
    let mut known = HashMap::new();
    for (index, volume) in spec.volumes.iter().enumerate() {
        let field_of = |index: usize| format!("{field}[{index}]");
        let here = field_of(index);
        match known.get(&volume.name) {
            Some(other) => {
                let message = format!("{here} and {} must not have the same Name.", field_of(*other));
                causes.push(Cause::invalid(format!("{here}.name"), message));
            }
            None => {
                known.insert(&volume.name, index);
            }
        }
        let unnamed =
            volume.sources.get("dataVolume").is_some_and(|source| source["name"].as_str().is_none_or(str::is_empty));
        if unnamed {
            causes.push(Cause::required(format!("{here}.name"), "DataVolume 'name' must be set"));
        }
        let sources = volume.sources.values().filter(|source| !source.is_null()).count();
        if sources != 1 {
            causes.push(Cause::invalid(&here, format!("{here} must have exactly one source type set")));
        }
    }
}

pub fn check_templates(field: &str, spec: &MachineSpec, causes: &mut Vec<Cause>) {
    let volumes = spec.template.as_ref().map_or(&[][..], |template| &template.spec.volumes);
    for (index, template) in spec.data_volume_templates.iter().enumerate() {
        let here = format!("{field}[{index}]");
        let name = template.metadata.name.as_str();
        if name.is_empty() {
            let message = format!("'name' field must not be empty for DataVolumeTemplate entry {here}.name.");
            causes.push(Cause::required(format!("{here}.name"), message));
            continue;
        }
        if let Some(cause) = source_error(&here, &template.spec) {
            causes.push(cause);
            continue;
        }
        let named = ["/dataVolume/name", "/persistentVolumeClaim/claimName"];
        let used = volumes.iter().any(|volume| {
            let sources = serde_json::Value::Object(volume.sources.clone());
            named.iter().any(|path| sources.pointer(path).and_then(|each| each.as_str()) == Some(name))
        });
        if !used {
            let message =
                format!("DataVolumeTemplate entry {here} must be referenced in the VMI template's 'volumes' list");
            causes.push(Cause::required(here, message));
        }
    }
}

fn source_error(here: &str, spec: &DataVolumeSpec) -> Option<Cause> {
    let target = spec.pvc.as_ref().or(spec.storage.as_ref());
    let populated = target.is_some_and(|target| target.get("dataSource").or(target.get("dataSourceRef")).is_some());
    let sourced = spec.source.is_some() || spec.source_ref.is_some();
    let (field, message) = match (&spec.pvc, &spec.storage) {
        (None, None) => ("PVC.Storage", "Missing Data volume PVC or Storage"),
        (Some(_), Some(_)) => {
            ("PVC.Storage", "Duplicate storage definition, both target storage and target pvc defined")
        }
        _ if populated && sourced => ("source", "External population is incompatible with Source and SourceRef"),
        _ if !populated && !sourced => {
            ("source.sourceRef", "Data volume should have either Source, SourceRef, or be externally populated")
        }
        _ => match spec.source.as_ref().map(serde_json::Map::len) {
            Some(0) => ("source", "Missing dataVolume valid source"),
            Some(2..) => ("source", "Multiple dataVolume sources"),
            _ => return None,
        },
    };
    Some(Cause::invalid(format!("{here}.{field}"), message))
}
