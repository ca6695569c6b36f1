//! What virt-handler learns from the domain and from the agent in the guest.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::condition::{self, Condition};
use crate::kinds::Instance;
use crate::play::volume::volumes;

/// Address of the launcher's pod, which masquerades the guest.
pub fn ip_address(instance: &Instance) -> String {
    let bytes = Sha256::digest(instance.uid());
    format!("10.244.{}.{}", bytes[0], bytes[1] % 254 + 1)
}

/// The domain runs: what can be told without an agent.
pub fn boot(instance: &mut Instance, now: &Time) {
    let status = &mut instance.status;
    let machine = instance.spec.pointer("/domain/machine/type").and_then(Value::as_str);
    let machine = machine.filter(|each| each.starts_with("pc-")).unwrap_or("pc-q35-rhel9.6.0");
    status.machine = Some(json!({"type": machine}));
    status.memory = instance
        .spec
        .pointer("/domain/memory/guest")
        .map(|guest| json!({"guestAtBoot": guest, "guestCurrent": guest, "guestRequested": guest}));
    status.current_cpu_topology = instance
        .spec
        .pointer("/domain/cpu")
        .map(|cpu| json!({"cores": cpu["cores"], "sockets": cpu["sockets"], "threads": cpu["threads"]}));
    condition::remove(&mut status.conditions, "Synchronized");
    for condition in migratable(&instance.spec) {
        condition::set(&mut instance.status.conditions, condition, now);
    }
    instance.status.migration_method = Some("BlockMigration".to_owned());
    instance.status.interfaces = interfaces(instance, "domain");
}

/// The agent in the guest answers.
pub fn connect_agent(instance: &mut Instance, now: &Time) {
    let mut connected = Condition::yes("AgentConnected");
    connected.last_probe_time = Some(now.clone());
    condition::set(&mut instance.status.conditions, connected, now);
    instance.status.interfaces = interfaces(instance, "domain, guest-agent");
    instance.status.guest_os_info = json!({
        "id": "fedora",
        "kernelRelease": "6.14.0-63.fc42.x86_64",
        "kernelVersion": "#1 SMP PREEMPT_DYNAMIC",
        "machine": "x86_64",
        "name": "Fedora Linux",
        "prettyName": "Fedora Linux 42 (Cloud Edition)",
        "version": "42 (Cloud Edition)",
        "versionId": "42",
    });
}

pub fn volume_status(spec: &Value) -> Vec<Value> {
    let targets = ('a'..='z').map(|letter| format!("vd{letter}"));
    let named = volumes(spec).iter().zip(targets).map(|(volume, target)| {
        let mut status = json!({"name": volume["name"], "target": target});
        if let Some(claim) = volume.pointer("/dataVolume/name").or(volume.pointer("/persistentVolumeClaim/claimName")) {
            status["persistentVolumeClaimInfo"] = json!({"claimName": claim});
        }
        status
    });
    named.collect()
}

fn interfaces(instance: &Instance, source: &str) -> Vec<Value> {
    let bytes = Sha256::digest(instance.uid());
    let mac = format!("02:00:{:02x}:{:02x}:{:02x}", bytes[2], bytes[3], bytes[4]);
    let wanted = instance.spec.pointer("/domain/devices/interfaces").and_then(Value::as_array);
    let numbered = wanted.into_iter().flatten().zip(0_u8..);
    numbered
        .map(|(interface, index)| {
            let mut seen = json!({
                "name": interface["name"],
                "mac": format!("{mac}:{index:02x}"),
                "infoSource": source,
                "queueCount": 1,
                "linkState": "up",
            });
            if source != "domain" {
                seen["interfaceName"] = json!(format!("eth{index}"));
            }
            // Only the pod network has an address that the cluster gave.
            if index == 0 {
                let address = ip_address(instance);
                seen["podInterfaceName"] = json!("eth0");
                seen["ipAddresses"] = json!([address]);
                seen["ipAddress"] = json!(address);
            }
            seen
        })
        .collect()
}

fn migratable(spec: &Value) -> [Condition; 2] {
    let interfaces = spec.pointer("/domain/devices/interfaces").and_then(Value::as_array);
    let bridged = interfaces.into_iter().flatten().any(|each| each.get("bridge").is_some());
    if !bridged {
        return [Condition::yes("LiveMigratable"), Condition::yes("StorageLiveMigratable")];
    }
    let reason = "InterfaceNotLiveMigratable";
    let message = "cannot migrate VMI which does not use masquerade, bridge with kubevirt.io/allow-pod-bridge-network-live-migration VM annotation or a migratable plugin to connect to the pod network";
    [
        Condition::no("LiveMigratable").because(reason, message),
        Condition::no("StorageLiveMigratable").because("NotMigratable", format!("{reason}: {message}")),
    ]
}
