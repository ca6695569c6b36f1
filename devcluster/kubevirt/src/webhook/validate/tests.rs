//! The table of mistakes and what is said about each.

use serde_json::{Value, json};

use super::*;
use crate::quantity::MALFORMED;

fn good() -> Value {
    json!({
        "runStrategy": "Always",
        "template": {"spec": {
            "domain": {
                "memory": {"guest": "1Gi"},
                "devices": {
                    "disks": [{"name": "root", "disk": {"bus": "virtio"}}],
                    "interfaces": [{"name": "default", "masquerade": {}}],
                },
            },
            "networks": [{"name": "default", "pod": {}}],
            "volumes": [{"name": "root", "containerDisk": {"image": "quay.io/os:42"}}],
        }},
    })
}

/// The messages about a good machine with these members changed (null: removed).
fn messages(changes: &[(&str, Value)]) -> Vec<String> {
    let mut spec = good();
    for (path, value) in changes {
        let (parent, name) = path.rsplit_once('/').unwrap_or_default();
        let Some(Value::Object(members)) = spec.pointer_mut(parent) else { panic!("no {parent}") };
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), value.clone());
        }
    }
    match serde_json::from_value(spec) {
        Ok(spec) => causes(&spec).into_iter().map(|cause| cause.message).collect(),
        Err(error) => vec![error.to_string()],
    }
}

const DOMAIN: &str = "/template/spec/domain";

#[test]
fn good_machine_passes() {
    assert_eq!(messages(&[]), [""; 0]);
}

#[test]
fn disk_needs_its_volume() {
    assert_eq!(
        messages(&[("/template/spec/volumes", json!([]))]),
        ["spec.template.spec.domain.devices.disks[0].Name 'root' not found."]
    );
}

#[test]
fn volume_without_a_disk_becomes_one() {
    assert_eq!(messages(&[(&format!("{DOMAIN}/devices/disks"), Value::Null)]), [""; 0]);
}

#[test]
fn names_of_disks_differ() {
    let disks = json!([{"name": "root"}, {"name": "root"}]);
    let field = "spec.template.spec.domain.devices.disks";
    assert_eq!(
        messages(&[(&format!("{DOMAIN}/devices/disks"), disks)]),
        [format!("{field}[1] and {field}[0] must not have the same Name.")]
    );
}

#[test]
fn some_memory_is_needed() {
    assert_eq!(
        messages(&[(&format!("{DOMAIN}/memory"), Value::Null)]),
        [
            "no memory requested, at least one of 'spec.template.spec.domain.memory.guest', 'spec.template.spec.domain.memory.hugepages.pageSize' or 'spec.template.spec.domain.resources.requests.memory' must be set"
        ]
    );
}

#[test]
fn pinned_cpus_are_requested_as_limited() {
    let resources = json!({"requests": {"cpu": "2"}, "limits": {"cpu": "4"}});
    let field = "spec.template.spec.domain.resources";
    assert_eq!(
        messages(&[
            (&format!("{DOMAIN}/cpu"), json!({"dedicatedCpuPlacement": true})),
            (&format!("{DOMAIN}/resources"), resources),
        ]),
        [format!("{field}.requests.cpu or {field}.limits.cpu must be equal when DedicatedCPUPlacement is true ")]
    );
}

#[test]
fn memory_is_a_multiple_of_the_huge_page() {
    let request = "spec.template.spec.domain.resources.requests.memory";
    let page = "spec.template.spec.domain.memory.hugepages.pageSize";
    let with = |asked: &str, size: &str| {
        messages(&[
            (&format!("{DOMAIN}/memory"), json!({"hugepages": {"pageSize": size}})),
            (&format!("{DOMAIN}/resources"), json!({"requests": {"memory": asked}})),
        ])
    };
    assert_eq!(with("2Gi", "1Gi"), [""; 0]);
    assert_eq!(
        with("512Mi", "1Gi"),
        [format!("{request} '512Mi' must be equal to or larger than page size {page} '1Gi'")]
    );
    assert_eq!(with("1536Mi", "1Gi"), [format!("{request} '1536Mi' is not a multiple of the page size {page} '1Gi'")]);
    assert_eq!(with("1Gi", "big"), [format!("{page} 'big': {MALFORMED}")]);
}

#[test]
fn interface_needs_its_network() {
    assert_eq!(
        messages(&[("/template/spec/networks", json!([]))]),
        ["spec.template.spec.domain.devices.interfaces[0].name 'default' not found."]
    );
}

#[test]
fn network_needs_its_interface() {
    assert_eq!(
        messages(&[(&format!("{DOMAIN}/devices/interfaces"), json!([]))]),
        ["spec.template.spec.networks[0].name 'default' not found."]
    );
}

#[test]
fn running_and_run_strategy_exclude_each_other() {
    assert_eq!(
        messages(&[("/running", json!(true))]),
        [
            "Running and RunStrategy are mutually exclusive. Note that Running is deprecated, please use RunStrategy instead"
        ]
    );
    assert_eq!(messages(&[("/runStrategy", Value::Null)]), ["RunStrategy must be specified"]);
    assert_eq!(messages(&[("/runStrategy", json!("Never"))]), ["Invalid RunStrategy (Never)"]);
}

#[test]
fn quantity_that_is_none_cannot_be_read() {
    assert_eq!(messages(&[(&format!("{DOMAIN}/memory"), json!({"guest": "lots"}))]), [MALFORMED]);
}

#[test]
fn template_is_needed() {
    assert_eq!(messages(&[("/template", Value::Null)]), ["missing virtual machine template."]);
}

#[test]
fn request_stays_within_the_limit() {
    let resources = json!({"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}});
    let field = "spec.template.spec.domain.resources";
    assert_eq!(
        messages(&[(&format!("{DOMAIN}/resources"), resources)]),
        [format!("{field}.requests.memory '2Gi' is greater than {field}.limits.memory '1Gi'")]
    );
}

#[test]
fn template_of_a_data_volume_has_a_source_and_a_use() {
    let template = |spec: Value| json!([{"metadata": {"name": "root"}, "spec": spec}]);
    assert_eq!(
        messages(&[("/dataVolumeTemplates", template(json!({"storage": {}})))]),
        ["Data volume should have either Source, SourceRef, or be externally populated"]
    );
    assert_eq!(
        messages(&[("/dataVolumeTemplates", template(json!({"storage": {}, "source": {"blank": {}}})))]),
        ["DataVolumeTemplate entry spec.dataVolumeTemplate[0] must be referenced in the VMI template's 'volumes' list"]
    );
}
