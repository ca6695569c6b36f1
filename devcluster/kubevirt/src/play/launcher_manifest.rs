//! The virt-launcher pod of an instance.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::kinds::{Instance, Launcher};
use crate::play::volume::volumes;
use crate::quantity::Quantity;

pub const IMAGE: &str = "quay.io/kubevirt/virt-launcher:v1.9.0";
/// What a guest costs beyond its memory; the real figure depends on its devices.
const OVERHEAD_BYTES: i128 = 256 << 20;
/// The alphabet of generated names.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// The real one ends in five random characters. Here the instance's uid decides them: it can be created
/// twice by mistake, but not as two pods.
pub fn name(instance: &Instance) -> String {
    let bytes = Sha256::digest(instance.uid());
    let letters = bytes.iter().take(5).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
    format!("virt-launcher-{}-{}", instance.name(), letters.collect::<String>())
}

pub fn launcher_of(instance: &Instance) -> Launcher {
    let mut labels = instance.metadata.labels.clone().unwrap_or_default();
    labels.insert("kubevirt.io".to_owned(), "virt-launcher".to_owned());
    labels.insert("kubevirt.io/created-by".to_owned(), instance.uid().to_owned());
    labels.insert("vm.kubevirt.io/name".to_owned(), instance.name().to_owned());
    let annotations = [
        ("kubevirt.io/domain".to_owned(), instance.name().to_owned()),
        ("kubectl.kubernetes.io/default-container".to_owned(), "compute".to_owned()),
    ];
    let metadata = ObjectMeta {
        name: Some(name(instance)),
        namespace: instance.metadata.namespace.clone(),
        labels: Some(labels),
        annotations: Some(annotations.into()),
        owner_references: Some(vec![instance.controlling()]),
        ..ObjectMeta::default()
    };
    Launcher::new(metadata, spec(instance))
}

fn spec(instance: &Instance) -> Value {
    let grace = instance.spec.get("terminationGracePeriodSeconds").and_then(Value::as_i64).unwrap_or(30);
    let hostname = instance.spec.get("hostname").and_then(Value::as_str).unwrap_or(instance.name());
    let mut containers = vec![compute(instance)];
    containers.extend(volumes(&instance.spec).iter().filter_map(container_disk));
    json!({
        "automountServiceAccountToken": false,
        "containers": containers,
        "enableServiceLinks": false,
        "hostname": hostname.get(..63).unwrap_or(hostname),
        "nodeSelector": {"kubernetes.io/arch": "amd64", "kubevirt.io/schedulable": "true"},
        "restartPolicy": "Never",
        "securityContext": {"fsGroup": 107, "runAsGroup": 107, "runAsNonRoot": true, "runAsUser": 107},
        // So that the guest's own grace period ends first.
        "terminationGracePeriodSeconds": grace.saturating_add(15),
    })
}

fn compute(instance: &Instance) -> Value {
    let quantity = |path| instance.spec.pointer(path).and_then(Quantity::read);
    let guest = quantity("/domain/memory/guest").map_or(0, |memory| memory.value());
    let memory = quantity("/domain/resources/requests/memory").map_or(guest, |memory| memory.value());
    let cpu = &instance.spec["domain"]["cpu"];
    let count = |name: &str| cpu[name].as_u64().unwrap_or(1);
    let share = count("cores").saturating_mul(count("sockets")).saturating_mul(count("threads")).saturating_mul(100);
    let devices = [("devices.kubevirt.io/kvm", "1"), ("devices.kubevirt.io/tun", "1")];
    let mut requests = json!({
        "cpu": format!("{share}m"),
        "memory": memory.saturating_add(OVERHEAD_BYTES).to_string(),
    });
    let mut limits = json!({});
    for (device, amount) in devices {
        requests[device] = json!(amount);
        limits[device] = json!(amount);
    }
    json!({
        "name": "compute",
        "image": IMAGE,
        "command": ["/usr/bin/virt-launcher-monitor"],
        "resources": {"requests": requests, "limits": limits},
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
        },
    })
}

fn container_disk(volume: &Value) -> Option<Value> {
    let image = volume.pointer("/containerDisk/image")?;
    let name = volume.get("name")?.as_str()?;
    Some(json!({
        "name": format!("volume{name}"),
        "image": image,
        "command": ["/usr/bin/container-disk"],
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
    }))
}
