//! The one function that renders a VM. What it returns is shown, hashed, approved and applied.

use crate::ids::{PrincipalId, TicketId};
use crate::size::SizeSpec;
use crate::template::{BootSource, TemplateSpec};
use serde_json::{Map, Value, json};

/// Prefix of every label that Shepherd sets.
pub const PREFIX: &str = "kubevirt-shepherd.io";
/// Value of the label `managed-by`.
pub const MANAGED_BY: &str = "kubevirt-shepherd";

/// Everything that a manifest is made from.
#[derive(Clone, Debug)]
pub struct VmOrder<'a> {
    pub ticket: TicketId,
    pub requester: PrincipalId,
    pub system: &'a str,
    pub service: &'a str,
    pub instance: i64,
    pub name: &'a str,
    /// Namespace on the cluster.
    pub namespace: &'a str,
    pub template: &'a TemplateSpec,
    pub size: &'a SizeSpec,
    /// Of no effect with a boot source that brings its own disk.
    pub disk_gib: i32,
    /// Absent: the cluster's default.
    pub storage_class: Option<&'a str>,
}

/// Name of a label or annotation of ours.
pub fn key(word: &str) -> String {
    format!("{PREFIX}/{word}")
}

/// Labels of a VM; the same stand on its running instance.
pub fn labels(order: &VmOrder<'_>) -> Map<String, Value> {
    let pairs = [
        ("managed-by", MANAGED_BY.to_owned()),
        ("system", order.system.to_owned()),
        ("service", order.service.to_owned()),
        ("instance", format!("{:02}", order.instance)),
        ("ticket-id", order.ticket.to_string()),
        ("created-by", order.requester.to_string()),
        ("hostname", order.name.to_owned()),
    ];
    pairs.into_iter().map(|(word, value)| (key(word), Value::String(value))).collect()
}

/// Renders the VirtualMachine (`kubevirt.io/v1`).
pub fn render(order: &VmOrder<'_>) -> Value {
    let mut instance_labels = labels(order);
    instance_labels.insert("kubevirt.io/domain".to_owned(), json!(order.name));
    let mut manifest = json!({
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": {
            "name": order.name,
            "namespace": order.namespace,
            "labels": labels(order),
            "annotations": {(key("fqdn")): format!("{}.{}.svc.cluster.local", order.name, order.namespace)},
        },
        "spec": {
            "runStrategy": "Always",
            "template": {
                "metadata": {"labels": instance_labels},
                "spec": instance_spec(order),
            },
        },
    });
    if let Some(volume) = data_volume(order) {
        manifest["spec"]["dataVolumeTemplates"] = json!([volume]);
    }
    for (path, value) in &order.size.spec_overrides {
        set(&mut manifest, path, value.clone());
    }
    manifest
}

fn instance_spec(order: &VmOrder<'_>) -> Value {
    let (volumes, disks) = storage(order);
    let mut devices = json!({"disks": disks, "interfaces": interfaces(order.size), "rng": {}});
    if !order.size.gpus.is_empty() {
        devices["gpus"] =
            order.size.gpus.iter().map(|gpu| json!({"name": gpu.name, "deviceName": gpu.device_name})).collect();
    }
    json!({
        "hostname": order.name,
        "terminationGracePeriodSeconds": 30,
        "domain": {
            "cpu": cpu(order.size),
            "memory": memory(order.size),
            "resources": resources(order.size),
            "devices": devices,
        },
        "networks": networks(order.size),
        "volumes": volumes,
    })
}

fn cpu(size: &SizeSpec) -> Value {
    let mut cpu = json!({"cores": size.cpu_cores});
    if size.dedicated_cpu {
        cpu["dedicatedCpuPlacement"] = json!(true);
    }
    cpu
}

fn memory(size: &SizeSpec) -> Value {
    let mut memory = json!({"guest": format!("{}Mi", size.memory_mib)});
    if let Some(pages) = size.hugepages {
        memory["hugepages"] = json!({"pageSize": pages.as_str()});
    }
    memory
}

/// Requests always stand there, limits too: without overcommit they are equal, which is what pinning needs.
fn resources(size: &SizeSpec) -> Value {
    json!({
        "requests": {"cpu": cores(size.requested_cpu_millis()), "memory": format!("{}Mi", size.requested_memory_mib())},
        "limits": {"cpu": cores(size.cpu_cores.saturating_mul(1000)), "memory": format!("{}Mi", size.memory_mib)},
    })
}

fn cores(millis: i32) -> String {
    if millis % 1000 == 0 { (millis / 1000).to_string() } else { format!("{millis}m") }
}

fn interfaces(size: &SizeSpec) -> Vec<Value> {
    let sriov = size.sriov.iter().map(|interface| json!({"name": interface.name, "sriov": {}}));
    std::iter::once(json!({"name": "default", "masquerade": {}})).chain(sriov).collect()
}

fn networks(size: &SizeSpec) -> Vec<Value> {
    let sriov = size.sriov.iter().map(|i| json!({"name": i.name, "multus": {"networkName": i.network}}));
    std::iter::once(json!({"name": "default", "pod": {}})).chain(sriov).collect()
}

fn storage(order: &VmOrder<'_>) -> (Vec<Value>, Vec<Value>) {
    let root = match &order.template.boot_source {
        BootSource::ContainerDisk { image } => json!({"name": "root", "containerDisk": {"image": image}}),
        _ => json!({"name": "root", "dataVolume": {"name": volume_name(order)}}),
    };
    let disk = |name: &str| json!({"name": name, "disk": {"bus": "virtio"}});
    let (mut volumes, mut disks) = (vec![root], vec![disk("root")]);
    if let Some(user_data) = &order.template.cloud_init {
        volumes.push(json!({"name": "cloudinit", "cloudInitNoCloud": {"userData": user_data}}));
        disks.push(disk("cloudinit"));
    }
    (volumes, disks)
}

fn volume_name(order: &VmOrder<'_>) -> String {
    format!("{}-root", order.name)
}

fn data_volume(order: &VmOrder<'_>) -> Option<Value> {
    let source = match &order.template.boot_source {
        BootSource::ContainerDisk { .. } => return None,
        BootSource::CdiImport { url } => json!({"http": {"url": url}}),
        BootSource::CdiClone { namespace, name } => json!({"pvc": {"namespace": namespace, "name": name}}),
    };
    let mut storage = json!({"resources": {"requests": {"storage": format!("{}Gi", order.disk_gib)}}});
    if let Some(class) = order.storage_class {
        storage["storageClassName"] = json!(class);
    }
    Some(json!({
        "metadata": {"name": volume_name(order), "labels": labels(order)},
        "spec": {"source": source, "storage": storage},
    }))
}

/// Sets `value` at a dotted path, making objects on the way. [`SizeSpec::check`] keeps paths off what is an
/// array or owned by another field.
fn set(target: &mut Value, path: &str, value: Value) {
    let mut at = target;
    for segment in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[segment];
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::size::{DiskBounds, Gpu, Hugepages, SriovInterface};
    use uuid::Uuid;

    fn size() -> SizeSpec {
        SizeSpec {
            cpu_cores: 2,
            memory_mib: 2048,
            disk: DiskBounds { default_gib: 20, min_gib: 10, max_gib: 100 },
            cpu_request_millis: Some(500),
            memory_request_mib: None,
            dedicated_cpu: false,
            hugepages: None,
            gpus: Vec::new(),
            sriov: Vec::new(),
            spec_overrides: Map::new(),
        }
    }

    fn rendered(boot_source: BootSource, size: &SizeSpec) -> Value {
        let template = TemplateSpec { boot_source, cloud_init: Some("#cloud-config\n".to_owned()) };
        render(&VmOrder {
            ticket: TicketId(Uuid::nil()),
            requester: PrincipalId(Uuid::nil()),
            system: "shop",
            service: "web",
            instance: 1,
            name: "team-shop-web-01",
            namespace: "team",
            template: &template,
            size,
            disk_gib: 20,
            storage_class: Some("fast"),
        })
    }

    #[test]
    fn a_container_disk_has_no_volume_template() {
        let manifest = rendered(BootSource::ContainerDisk { image: "quay.io/a/b:1".to_owned() }, &size());
        assert_eq!(manifest["spec"]["dataVolumeTemplates"], Value::Null);
        assert_eq!(manifest["spec"]["template"]["spec"]["volumes"][0]["containerDisk"]["image"], "quay.io/a/b:1");
        assert_eq!(manifest["spec"]["template"]["spec"]["domain"]["resources"]["requests"]["cpu"], "500m");
        assert_eq!(manifest["spec"]["template"]["spec"]["domain"]["resources"]["limits"]["cpu"], "2");
    }

    #[test]
    fn an_import_carries_size_and_class() {
        let manifest = rendered(BootSource::CdiImport { url: "https://images.example/a.qcow2".to_owned() }, &size());
        let volume = &manifest["spec"]["dataVolumeTemplates"][0];
        assert_eq!(volume["spec"]["storage"]["resources"]["requests"]["storage"], "20Gi");
        assert_eq!(volume["spec"]["storage"]["storageClassName"], "fast");
        assert_eq!(
            manifest["spec"]["template"]["spec"]["volumes"][0]["dataVolume"]["name"],
            volume["metadata"]["name"]
        );
    }

    #[test]
    fn devices_pages_and_overrides_reach_the_manifest() {
        let mut size = SizeSpec {
            cpu_request_millis: None,
            dedicated_cpu: true,
            hugepages: Some(Hugepages::Mi2),
            gpus: vec![Gpu { name: "gpu1".to_owned(), device_name: "nvidia.com/A10".to_owned() }],
            sriov: vec![SriovInterface { name: "fast".to_owned(), network: "net/a".to_owned() }],
            ..size()
        };
        size.spec_overrides.insert("spec.template.spec.domain.cpu.threads".to_owned(), json!(2));
        let manifest = rendered(BootSource::ContainerDisk { image: "a".to_owned() }, &size);
        let spec = &manifest["spec"]["template"]["spec"];
        assert_eq!(spec["domain"]["cpu"], json!({"cores": 2, "dedicatedCpuPlacement": true, "threads": 2}));
        assert_eq!(spec["domain"]["memory"]["hugepages"]["pageSize"], "2Mi");
        assert_eq!(spec["domain"]["devices"]["gpus"][0]["deviceName"], "nvidia.com/A10");
        assert_eq!(spec["networks"][1]["multus"]["networkName"], "net/a");
    }

    #[test]
    fn labels_name_the_ticket_and_the_person() {
        let manifest = rendered(BootSource::ContainerDisk { image: "a".to_owned() }, &size());
        let labels = &manifest["metadata"]["labels"];
        assert_eq!(labels[key("managed-by")], MANAGED_BY);
        assert_eq!(labels[key("ticket-id")], Uuid::nil().to_string());
        assert_eq!(labels[key("instance")], "01");
    }
}
