//! Sizes as clients send them, down to the quantities of the manifest.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_domain::ids::{PrincipalId, TicketId};
use shepherd_domain::manifest::{VmOrder, render};
use shepherd_domain::size::SizeSpec;
use shepherd_domain::template::{BootSource, TemplateSpec, refuse_hardware};
use uuid::Uuid;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let _ = refuse_hardware(&value);
    let Ok(size) = serde_json::from_value::<SizeSpec>(value.clone()) else { return };
    if let serde_json::Value::Object(changes) = value {
        let _ = size.changed(changes);
    }
    if size.check().is_err() {
        return;
    }
    let template = TemplateSpec {
        boot_source: BootSource::CdiImport { url: "https://images.example/a.qcow2".to_owned() },
        cloud_init: Some("#cloud-config\n".to_owned()),
    };
    let manifest = render(&VmOrder {
        ticket: TicketId(Uuid::nil()),
        requester: PrincipalId(Uuid::nil()),
        system: "shop",
        service: "web",
        instance: 1,
        name: "team-shop-web-01",
        namespace: "team",
        template: &template,
        size: &size,
        disk_gib: size.disk.default_gib,
        storage_class: None,
    });
    // Whatever a size overrides, these are the platform's.
    let instance = &manifest["spec"]["template"]["spec"];
    assert_eq!(manifest["metadata"]["name"], "team-shop-web-01");
    assert_eq!(manifest["metadata"]["namespace"], "team");
    assert_eq!(manifest["spec"]["runStrategy"], "Always");
    assert_eq!(instance["domain"]["cpu"]["cores"], size.cpu_cores);
    assert_eq!(instance["domain"]["memory"]["guest"], format!("{}Mi", size.memory_mib));
    assert_eq!(instance["domain"]["resources"]["limits"]["memory"], format!("{}Mi", size.memory_mib));
    assert_eq!(instance["volumes"][0]["dataVolume"]["name"], "team-shop-web-01-root");
});
