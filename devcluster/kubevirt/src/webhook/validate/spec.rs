//! The part of a machine's spec that is checked.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::quantity::Quantity;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MachineSpec {
    pub running: Option<bool>,
    pub run_strategy: Option<String>,
    pub template: Option<Template>,
    pub data_volume_templates: Vec<DataVolumeTemplate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Template {
    pub spec: InstanceSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InstanceSpec {
    pub domain: Domain,
    pub networks: Vec<Named>,
    pub volumes: Vec<Volume>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Domain {
    pub cpu: Option<Cpu>,
    pub devices: Devices,
    pub machine: Option<MachineType>,
    pub memory: Option<Memory>,
    pub resources: Resources,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cpu {
    pub cores: u32,
    pub sockets: u32,
    pub threads: u32,
    pub dedicated_cpu_placement: bool,
    pub isolate_emulator_thread: bool,
}

impl Cpu {
    pub fn vcpus(&self) -> i128 {
        let parts = [self.cores, self.sockets, self.threads];
        if parts == [0, 0, 0] {
            return 0;
        }
        parts.iter().map(|part| i128::from((*part).max(1))).product()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Devices {
    pub disks: Vec<Disk>,
    pub interfaces: Vec<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Disk {
    pub name: String,
    pub boot_order: Option<u32>,
    pub disk: Option<Target>,
    pub lun: Option<Target>,
    pub cdrom: Option<Target>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Target {
    pub bus: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MachineType {
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Memory {
    pub guest: Option<Quantity>,
    pub hugepages: Option<HugePages>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HugePages {
    pub page_size: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resources {
    pub requests: Amounts,
    pub limits: Amounts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Amounts {
    pub cpu: Option<Quantity>,
    pub memory: Option<Quantity>,
}

impl Amounts {
    pub fn cpu(&self) -> Quantity {
        self.cpu.unwrap_or(Quantity::ZERO)
    }

    pub fn memory(&self) -> Quantity {
        self.memory.unwrap_or(Quantity::ZERO)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Volume {
    pub name: String,
    #[serde(flatten)]
    pub sources: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DataVolumeTemplate {
    pub metadata: Named,
    pub spec: DataVolumeSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataVolumeSpec {
    pub pvc: Option<Value>,
    pub storage: Option<Value>,
    pub source: Option<Map<String, Value>>,
    pub source_ref: Option<Value>,
}
