//! Conditions, of the one shape that `VirtualMachine`, `VirtualMachineInstance`, `Pod` and `DataVolume` share.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_probe_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
}

impl Condition {
    pub fn yes(kind: &str) -> Self {
        Self::new(kind, "True")
    }

    pub fn no(kind: &str) -> Self {
        Self::new(kind, "False")
    }

    pub fn new(kind: &str, status: &str) -> Self {
        Self { kind: kind.to_owned(), status: status.to_owned(), ..Self::default() }
    }

    pub fn because(mut self, reason: &str, message: impl Into<String>) -> Self {
        reason.clone_into(&mut self.reason);
        self.message = message.into();
        self
    }

    pub fn is(&self, kind: &str, status: &str, reason: &str) -> bool {
        self.kind == kind && self.status == status && self.reason == reason
    }

    pub fn is_ready(&self) -> bool {
        self.kind == "Ready" && self.status == "True"
    }
}

/// Adds the condition or replaces the one of its kind. The time of the last transition moves with the status only.
pub fn set(conditions: &mut Vec<Condition>, mut wanted: Condition, now: &Time) {
    let Some(known) = conditions.iter_mut().find(|each| each.kind == wanted.kind) else {
        wanted.last_transition_time.get_or_insert_with(|| now.clone());
        conditions.push(wanted);
        return;
    };
    if wanted.last_transition_time.is_none() {
        wanted.last_transition_time =
            if known.status == wanted.status { known.last_transition_time.clone() } else { Some(now.clone()) };
    }
    *known = wanted;
}

pub fn remove(conditions: &mut Vec<Condition>, kind: &str) {
    conditions.retain(|each| each.kind != kind);
}

pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|each| each.kind == kind)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::jiff::Timestamp;

    use super::*;

    #[test]
    fn transition_time_moves_with_the_status_only() {
        let (early, late) = (Time(Timestamp::UNIX_EPOCH), Time(Timestamp::MAX));
        let mut conditions = Vec::new();
        set(&mut conditions, Condition::no("Ready").because("A", ""), &early);
        set(&mut conditions, Condition::no("Ready").because("B", ""), &late);
        assert_eq!(conditions.len(), 1);
        assert_eq!(conditions[0].reason, "B");
        assert_eq!(conditions[0].last_transition_time, Some(early));
        set(&mut conditions, Condition::yes("Ready"), &late);
        assert_eq!(conditions[0].last_transition_time, Some(late));
    }
}
