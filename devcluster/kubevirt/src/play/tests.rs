//! Whole plays without a cluster: actions are applied to objects in memory, every wait is over at once, and
//! the printable statuses that come by tell the story.

use std::sync::Arc;

use k8s_openapi::jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::condition::Condition;
use crate::kinds::{MACHINE_FINALIZER, PhaseTransition};

/// Longer than anything takes.
const LONG: Duration = Duration::from_secs(3600);
/// More steps than any play has.
const MANY: usize = 60;

struct World {
    machine: Machine,
    instance: Option<Instance>,
    launcher: Option<Launcher>,
    data_volumes: Vec<DataVolume>,
    rule: Option<Arc<Rule>>,
    refusal: Option<Refusal>,
    n_created: u32,
    is_gone: bool,
    seen: Vec<String>,
}

impl World {
    fn new(run_strategy: &str) -> Self {
        let machine = json!({
            "metadata": {"name": "vm", "namespace": "team", "uid": "m", "generation": 1},
            "spec": {"runStrategy": run_strategy, "template": {"spec": {
                "domain": {"memory": {"guest": "1Gi"}, "devices": {}},
                "volumes": [{"name": "root", "containerDisk": {"image": "os:42"}}],
            }}},
        });
        Self {
            machine: serde_json::from_value(machine).unwrap(),
            instance: None,
            launcher: None,
            data_volumes: Vec::new(),
            rule: None,
            refusal: None,
            n_created: 0,
            is_gone: false,
            seen: Vec::new(),
        }
    }

    fn with_data_volume(mut self) -> Self {
        let template = json!({"metadata": {"name": "disk"}, "spec": {"source": {"blank": {}}}});
        self.machine.spec.data_volume_templates = vec![serde_json::from_value(template).unwrap()];
        self.machine.spec.template.spec["volumes"] = json!([{"name": "root", "dataVolume": {"name": "disk"}}]);
        self
    }

    fn under(mut self, behaviour: &str) -> Self {
        let rule = json!({"namespace": "*", "name": "*", "behaviour": behaviour});
        self.rule = Some(Arc::new(serde_json::from_value(rule).unwrap()));
        self
    }

    /// Plays until nothing is left to do; returns the printable statuses on the way. Time goes by only when
    /// nothing else happens.
    fn play(&mut self) -> Vec<String> {
        self.seen.clear();
        for _ in 0..MANY {
            let imported = self.import();
            let mut actions = next(&self.observed(Duration::ZERO)).actions;
            if actions.is_empty() {
                actions = next(&self.observed(LONG)).actions;
            }
            if (actions.is_empty() && !imported) || self.is_gone {
                break;
            }
            actions.into_iter().for_each(|action| self.apply(action));
        }
        self.seen.clone()
    }

    fn observed(&self, age: Duration) -> Observed<'_> {
        Observed {
            machine: &self.machine,
            instance: aged(self.instance.as_ref(), age),
            launcher: aged(self.launcher.as_ref(), age),
            data_volumes: self.data_volumes.iter().cloned().map(Arc::new).collect(),
            rule: self.rule.clone(),
            refusal: self.refusal.clone(),
            now: Time(Timestamp::UNIX_EPOCH),
            pace: Pace::new(1.0),
        }
    }

    fn import(&mut self) -> bool {
        let (rule, now) = (self.rule.clone(), Time(Timestamp::UNIX_EPOCH));
        let mut changed = false;
        for volume in &mut self.data_volumes {
            let (status, _) = import::next(volume, LONG, rule.as_deref(), Pace::new(1.0), &now);
            changed |= status != volume.status;
            volume.status = status;
        }
        changed
    }

    fn apply(&mut self, action: Action) {
        let now = Some(Time(Timestamp::UNIX_EPOCH));
        match action {
            Action::SetMachineFinalizers(finalizers) => {
                self.is_gone = self.machine.is_deleting() && finalizers.is_empty();
                self.machine.metadata.finalizers = Some(finalizers);
            }
            Action::ReplaceMachineStatus(status) => {
                if self.seen.last() != Some(&status.printable_status) {
                    self.seen.push(status.printable_status.clone());
                }
                self.machine.status = *status;
            }
            Action::CreateDataVolume(volume) => self.data_volumes.push(*volume),
            Action::CreateInstance(mut instance) => {
                self.n_created += 1;
                instance.metadata.uid = Some(format!("i{}", self.n_created));
                self.instance = Some(*instance);
            }
            Action::ReplaceInstance(instance) => {
                let finalizers = instance.metadata.finalizers.as_deref().unwrap_or_default();
                let is_gone = instance.is_deleting() && finalizers.is_empty();
                self.instance = (!is_gone).then_some(*instance);
            }
            Action::DeleteInstance(_) => self.instance.as_mut().unwrap().metadata.deletion_timestamp = now,
            Action::CreateLauncher(launcher) => self.launcher = Some(*launcher),
            Action::BindLauncher(_) => self.launcher.as_mut().unwrap().spec["nodeName"] = "node01".into(),
            Action::PatchLauncherStatus { status, .. } => {
                let launcher = self.launcher.as_mut().unwrap();
                let mut whole = serde_json::to_value(&launcher.status).unwrap();
                for (name, member) in status.as_object().unwrap() {
                    whole[name] = member.clone();
                }
                launcher.status = serde_json::from_value(whole).unwrap();
            }
            Action::DeleteLauncher { .. } => self.launcher.as_mut().unwrap().metadata.deletion_timestamp = now,
            Action::RemoveLauncher { .. } => self.launcher = None,
        }
    }

    fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.machine.status.conditions, kind)
    }
}

fn aged<T: Clone>(object: Option<&T>, age: Duration) -> Option<Aged<Arc<T>>> {
    let object = object.cloned().map(Arc::new);
    object.map(|object| Aged { object, age })
}

#[test]
fn machine_comes_up() {
    let mut world = World::new("Always");
    assert_eq!(world.play(), ["Stopped", "Starting", "Running"]);
    let status = &world.machine.status;
    assert!(status.created && status.ready);
    assert!(world.machine.has_finalizer(MACHINE_FINALIZER));
    let instance = world.instance.unwrap();
    let transitions = instance.status.phase_transition_timestamps;
    let phases: Vec<_> = transitions.iter().map(|PhaseTransition { phase, .. }| phase.as_str()).collect();
    assert_eq!(phases, ["Pending", "Scheduling", "Scheduled", "Running"]);
    assert_eq!(instance.status.interfaces[0]["ipAddress"], world.launcher.unwrap().status.pod_ip.unwrap());
}

#[test]
fn overdue_steps_become_one_write() {
    let mut world = World::new("Always");
    for _ in 0..MANY {
        let plan = next(&world.observed(LONG));
        plan.actions.into_iter().for_each(|action| world.apply(action));
    }
    assert_eq!(world.seen, ["Stopped", "Running"]);
    assert!(world.machine.status.ready);
}

#[test]
fn disks_are_filled_first() {
    let mut world = World::new("Always").with_data_volume();
    assert_eq!(world.play(), ["Stopped", "Provisioning", "Stopped", "Starting", "Running"]);
}

#[test]
fn halted_machine_stays_down_and_a_running_one_stops() {
    let mut world = World::new("Halted");
    assert_eq!(world.play(), ["Stopped"]);
    world.machine.spec.run_strategy = Some("Always".to_owned());
    world.play();
    world.machine.spec.run_strategy = Some("Halted".to_owned());
    assert_eq!(world.play(), ["Running", "Stopping", "Stopped"]);
    assert!(world.instance.is_none() && world.launcher.is_none());
}

#[test]
fn deletion_takes_the_instance_along() {
    let mut world = World::new("Always");
    world.play();
    world.machine.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
    assert_eq!(world.play(), ["Terminating"]);
    assert!(world.is_gone && world.instance.is_none() && world.launcher.is_none());
}

#[test]
fn each_failure_shows_and_passes_with_its_rule() {
    for (behaviour, status) in [
        ("unschedulable", "ErrorUnschedulable"),
        ("image_pull_failure", "ImagePullBackOff"),
        ("import_failure", "DataVolumeError"),
        ("never_ready", "Running"),
        ("node_lost", "Running"),
    ] {
        let mut world = World::new("Always").under(behaviour);
        if behaviour == "import_failure" {
            world = world.with_data_volume();
        }
        world.play();
        assert_eq!(world.machine.status.printable_status, status, "{behaviour}");
        assert!(!world.machine.status.ready, "{behaviour}");
        world.rule = None;
        world.play();
        assert_eq!(world.machine.status.printable_status, "Running", "{behaviour}");
        assert!(world.machine.status.ready, "{behaviour}");
    }
}

#[test]
fn failed_pull_is_an_error_before_it_backs_off() {
    let mut world = World::new("Always").under("image_pull_failure");
    assert_eq!(world.play(), ["Stopped", "Starting", "ErrImagePull", "ImagePullBackOff"]);
    let condition = world.condition("Synchronized").unwrap();
    assert_eq!(condition.message, "Back-off pulling image \"os:42\"");
}

#[test]
fn launcher_that_crashes_is_started_again_after_a_pause() {
    let mut world = World::new("Always").under("crash_after_start");
    let seen = world.play();
    assert_eq!(seen.last().unwrap(), "CrashLoopBackOff");
    let failure = world.machine.status.start_failure.clone().unwrap();
    assert_eq!(failure.consecutive_fail_count, 1);
    assert_eq!(failure.retry_after_timestamp.unwrap().0.as_second(), 10);
    assert!(world.instance.is_none(), "the pause is not over");
    world.rule = None;
    world.play();
    assert!(world.machine.status.ready);
    assert_eq!(world.machine.status.start_failure, None);
}

#[test]
fn deletion_waits_for_a_lost_node() {
    let mut world = World::new("Always").under("node_lost");
    world.play();
    world.machine.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
    assert_eq!(world.play(), ["Terminating"]);
    assert!(!world.is_gone);
    world.rule = None;
    world.play();
    assert!(world.is_gone);
}

#[test]
fn what_the_api_server_refuses_is_shown() {
    let mut world = World::new("Always");
    world.refusal = Some(Refusal::Instance("exceeded quota".to_owned()));
    for _ in 0..2 {
        let plan = next(&world.observed(LONG));
        for action in plan.actions {
            if !matches!(action, Action::CreateInstance(_)) {
                world.apply(action);
            }
        }
    }
    let failure = world.condition("Failure").unwrap();
    assert!(failure.is("Failure", "True", "FailedCreate"));
    assert_eq!(failure.message, "Failure while starting VMI: exceeded quota");
}

#[test]
fn failed_run_is_repeated_and_a_finished_one_is_not() {
    for (phase, runs) in [("Failed", 2), ("Succeeded", 1)] {
        let mut world = World::new("RerunOnFailure");
        world.play();
        world.instance.as_mut().unwrap().status.phase = phase.to_owned();
        world.play();
        assert_eq!(world.n_created, runs, "{phase}");
    }
}

#[test]
fn refused_launcher_keeps_the_instance_pending() {
    let mut world = World::new("Always");
    world.refusal = Some(Refusal::Launcher("exceeded quota".to_owned()));
    for _ in 0..4 {
        let plan = next(&world.observed(LONG));
        for action in plan.actions {
            if !matches!(action, Action::CreateLauncher(_)) {
                world.apply(action);
            }
        }
    }
    assert_eq!(world.machine.status.printable_status, "Starting");
    let failure = world.condition("Synchronized").unwrap();
    assert_eq!(failure.message, "failed to create virtual machine pod: exceeded quota");
}
