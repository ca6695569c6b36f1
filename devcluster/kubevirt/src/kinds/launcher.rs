//! `Pod`, of which only virt-launcher's are looked at.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::condition::Condition;
use crate::kinds::{Definition, Object};

#[derive(Clone, Debug)]
pub struct LauncherKind;
pub type Launcher = Object<LauncherKind>;

impl Definition for LauncherKind {
    const GROUP: &'static str = "";
    const VERSION: &'static str = "v1";
    const KIND: &'static str = "Pod";
    const PLURAL: &'static str = "pods";
    type Spec = Value;
    type Status = LauncherStatus;

    fn stage(launcher: &Launcher) -> String {
        let waiting = launcher.waiting_reason().unwrap_or_default();
        format!("{} {} {} {waiting}", launcher.status.phase, launcher.is_bound(), launcher.is_deleting())
    }
}

impl Launcher {
    pub fn is_bound(&self) -> bool {
        self.spec.get("nodeName").is_some()
    }

    /// What keeps a container waiting.
    pub fn waiting_reason(&self) -> Option<&str> {
        let mut containers = self.status.container_statuses.iter();
        containers.find_map(|container| container.pointer("/state/waiting/reason")?.as_str())
    }

    pub fn is_ready(&self) -> bool {
        self.status.conditions.iter().any(Condition::is_ready)
    }
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LauncherStatus {
    pub phase: String,
    pub conditions: Vec<Condition>,
    pub qos_class: Option<String>,
    #[serde(rename = "podIP", skip_serializing_if = "Option::is_none")]
    pub pod_ip: Option<String>,
    pub container_statuses: Vec<Value>,
}
