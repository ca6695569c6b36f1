//! Quantities of a manifest, read back by a reader of its own.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ids::{PrincipalId, TicketId};
use crate::manifest::{VmOrder, render};
use crate::size::{DiskBounds, Hugepages, SizeSpec};
use crate::template::{BootSource, TemplateSpec};

/// Thousandths of what a Kubernetes quantity says, out of its documentation.
fn thousandths(quantity: &Value) -> Option<i128> {
    let text = quantity.as_str()?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i128 = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let factor: i128 = match text.strip_prefix(digits)? {
        "m" => 1,
        "" => 1000,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        _ => return None,
    };
    Some(number * factor)
}

prop_compose! {
    /// Sizes around and inside the bounds.
    fn size()(
        cpu_cores in prop_oneof![1..=512_i32, -2..=514_i32, any::<i32>()],
        memory_mib in prop_oneof![64..=16_777_216_i32, 60..=70_i32, any::<i32>()],
        (min_gib, default_gib, max_gib) in prop_oneof![
            (1..=100_i32, 100..=200_i32, 200..=65_536_i32), (-1..=5_i32, 0..=70_000_i32, 0..=70_000_i32)],
        cpu_request_millis in option::of(prop_oneof![1..=512_000_i32, any::<i32>()]),
        memory_request_mib in option::of(prop_oneof![1..=1024_i32, any::<i32>()]),
        dedicated_cpu in any::<bool>(),
        hugepages in option::of(select(vec![Hugepages::Mi2, Hugepages::Gi1])),
    ) -> SizeSpec {
        SizeSpec {
            cpu_cores, memory_mib, disk: DiskBounds { default_gib, min_gib, max_gib }, cpu_request_millis,
            memory_request_mib, dedicated_cpu, hugepages, gpus: Vec::new(), sriov: Vec::new(),
            spec_overrides: Map::new(),
        }
    }
}

/// The rules of a size, said a second time.
fn fits(size: &SizeSpec) -> bool {
    let DiskBounds { default_gib, min_gib, max_gib } = size.disk;
    let page = match size.hugepages {
        None => 1,
        Some(Hugepages::Mi2) => 2,
        Some(Hugepages::Gi1) => 1024,
    };
    let limit = i64::from(size.cpu_cores) * 1000;
    let (cpu, memory) = (size.cpu_request_millis.map(i64::from), size.memory_request_mib);
    (1..=512).contains(&size.cpu_cores)
        && (64..=16 * 1024 * 1024).contains(&size.memory_mib)
        && 1 <= min_gib
        && min_gib <= default_gib
        && default_gib <= max_gib
        && max_gib <= 65_536
        && cpu.is_none_or(|cpu| 1 <= cpu && cpu <= limit)
        && memory.is_none_or(|memory| 1 <= memory && memory <= size.memory_mib)
        && size.memory_mib % page == 0
        && (!size.dedicated_cpu || cpu.is_none_or(|cpu| cpu == limit) && memory.is_none_or(|m| m == size.memory_mib))
}

fn rendered(size: &SizeSpec, disk_gib: i32) -> Value {
    let template = TemplateSpec {
        boot_source: BootSource::CdiImport { url: "https://images.example/a.qcow2".to_owned() },
        cloud_init: None,
    };
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
        disk_gib,
        storage_class: None,
    })
}

proptest! {
    #[test]
    fn a_size_is_accepted_exactly_when_its_numbers_fit(size in size()) {
        prop_assert_eq!(size.check().is_ok(), fits(&size), "{:?}", size.check());
    }

    #[test]
    fn the_manifest_asks_for_what_the_size_says(
        size in size().prop_filter("a size", |size| size.check().is_ok()), wanted in option::of(any::<i32>()),
    ) {
        let disk = size.disk_gib(wanted);
        let inside = wanted.is_none_or(|gib| (size.disk.min_gib..=size.disk.max_gib).contains(&gib));
        prop_assert_eq!(disk.is_ok(), inside);
        let disk_gib = disk.unwrap_or(size.disk.default_gib);
        let manifest = rendered(&size, disk_gib);
        let domain = &manifest["spec"]["template"]["spec"]["domain"];
        let of = |kind: &str, what: &str| thousandths(&domain["resources"][kind][what]);
        let (cores, mebibytes) = (i128::from(size.cpu_cores) * 1000, i128::from(size.memory_mib) * (1000 << 20));
        prop_assert_eq!(of("limits", "cpu"), Some(cores));
        prop_assert_eq!(of("limits", "memory"), Some(mebibytes));
        prop_assert_eq!(thousandths(&domain["memory"]["guest"]), Some(mebibytes));
        prop_assert_eq!(of("requests", "cpu"), Some(size.cpu_request_millis.map_or(cores, i128::from)));
        let asked = size.memory_request_mib.map_or(mebibytes, |mib| i128::from(mib) * (1000 << 20));
        prop_assert_eq!(of("requests", "memory"), Some(asked));
        prop_assert!(of("requests", "cpu") <= of("limits", "cpu") && of("requests", "memory") <= of("limits", "memory"));
        let volume = &manifest["spec"]["dataVolumeTemplates"][0]["spec"]["storage"]["resources"]["requests"]["storage"];
        prop_assert_eq!(thousandths(volume), Some(i128::from(disk_gib) * (1000 << 30)));
    }
}
