//! `DataVolume`: a disk and how it is filled.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::condition::Condition;
use crate::kinds::{Definition, Object};

#[derive(Clone, Debug)]
pub struct DataVolumeKind;
pub type DataVolume = Object<DataVolumeKind>;

impl Definition for DataVolumeKind {
    const GROUP: &'static str = "cdi.kubevirt.io";
    const VERSION: &'static str = "v1beta1";
    const KIND: &'static str = "DataVolume";
    const PLURAL: &'static str = "datavolumes";
    type Spec = Value;
    type Status = DataVolumeStatus;

    fn stage(volume: &DataVolume) -> String {
        let progress = volume.status.progress.as_deref().unwrap_or_default();
        format!("{} {progress}", volume.status.phase)
    }
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataVolumeStatus {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_count: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
