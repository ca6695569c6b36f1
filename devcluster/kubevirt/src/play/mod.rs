//! The play itself, pure: from all that is seen of one machine to what is to be done now. One file per role,
//! no clock, no client.

pub mod guest;
pub mod import;
pub mod instance;
pub mod instance_conditions;
pub mod instance_manifest;
pub mod launcher;
pub mod launcher_manifest;
pub mod machine;
pub mod machine_status;
pub mod volume;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

use crate::behaviour::{Behaviour, Rule};
use crate::condition;
use crate::kinds::{DataVolume, Instance, Launcher, Machine, MachineStatus};
use crate::stage::Aged;

/// All there is of one machine.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    pub machine: &'a Machine,
    pub instance: Option<Aged<Arc<Instance>>>,
    pub launcher: Option<Aged<Arc<Launcher>>>,
    pub data_volumes: Vec<Arc<DataVolume>>,
    pub rule: Option<Arc<Rule>>,
    pub refusal: Option<Refusal>,
    pub now: Time,
    pub pace: Pace,
}

impl Observed<'_> {
    /// The rule, when it asks for this behaviour.
    pub fn rule_for(&self, behaviour: Behaviour) -> Option<&Rule> {
        self.rule.as_deref().filter(|rule| rule.behaviour == behaviour)
    }

    /// Whether the node of the running instance is gone: nothing that happens there is heard of any more. A
    /// guest is not lost before it was up.
    pub fn is_node_lost(&self) -> bool {
        let rule = self.rule_for(Behaviour::NodeLost);
        let Some((rule, instance)) = rule.zip(self.instance.as_ref()) else {
            return false;
        };
        let status = &instance.object.status;
        let was_up = condition::find(&status.conditions, "AgentConnected").is_some();
        status.phase == "Running" && was_up && instance.age >= rule.delay_or(Duration::ZERO)
    }
}

/// What the API server did not let us create, in its words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    DataVolume(String),
    Instance(String),
    Launcher(String),
}

#[derive(Clone, Debug)]
pub enum Action {
    SetMachineFinalizers(Vec<String>),
    ReplaceMachineStatus(Box<MachineStatus>),
    CreateDataVolume(Box<DataVolume>),
    CreateInstance(Box<Instance>),
    ReplaceInstance(Box<Instance>),
    DeleteInstance(String),
    CreateLauncher(Box<Launcher>),
    BindLauncher(String),
    PatchLauncherStatus {
        name: String,
        version: Option<String>,
        status: Value,
    },
    DeleteLauncher {
        name: String,
        uid: String,
    },
    /// Without grace, as the kubelet does when the containers have ended.
    RemoveLauncher {
        name: String,
        uid: String,
    },
}

/// What is to be done now, in this order, and when to look again if nothing happens.
#[derive(Debug, Default)]
pub struct Plan {
    pub actions: Vec<Action>,
    pub wake_after: Option<Duration>,
}

impl Plan {
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub fn wake_after(&mut self, delay: Duration) {
        let earliest = self.wake_after.map_or(delay, |known| known.min(delay));
        self.wake_after = Some(earliest);
    }

    /// Whether a wait that began `age` ago is over; if not, we look again when it is.
    pub fn waited(&mut self, age: Duration, wait: Duration) -> bool {
        let left = wait.saturating_sub(age);
        if !left.is_zero() {
            self.wake_after(left);
        }
        left.is_zero()
    }
}

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    speed: f64,
}

impl Pace {
    pub fn new(speed: f64) -> Self {
        Self { speed }
    }

    pub fn millis(self, millis: u64) -> Duration {
        Duration::from_millis(millis).div_f64(self.speed)
    }
}

/// Decides. The machine's status goes ahead of the rest: it records what the end of an instance meant before
/// the instance is let go. That the machine is starting can wait until there is nothing else to do.
pub fn next(observed: &Observed<'_>) -> Plan {
    let mut plan = Plan::default();
    machine::tend(observed, &mut plan);
    instance::tend(observed, &mut plan);
    launcher::tend(observed, &mut plan);
    let status = machine_status::next(observed);
    let can_wait = match plan.actions.first() {
        // Another write to the machine: one of the two would come too late.
        Some(Action::SetMachineFinalizers(_)) => true,
        Some(_) => status.printable_status == "Starting" && observed.refusal.is_none(),
        None => false,
    };
    if !can_wait && machine_status::is_worth_writing(observed.machine, &status) {
        let record = Action::ReplaceMachineStatus(Box::new(status));
        plan.actions.insert(0, record);
    }
    plan
}

#[cfg(test)]
mod tests;
