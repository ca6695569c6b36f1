//! Level-triggered: whatever happened to a machine, look at all there is of it now, let `play` decide, do it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use kube::runtime::controller::{self, Action, applier};
use kube::runtime::reflector::ObjectRef;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::behaviour::Rules;
use crate::expect;
use crate::kinds::{DataVolume, Machine, MachineKind};
use crate::perform::{Outcome, Performer};
use crate::play::volume::data_volume_names;
use crate::play::{self, Observed, Pace, Refusal, import};
use crate::stage::Aged;
use crate::watch::{Changes, Stores};

/// As many at a time as there are connections worth having: waiting for a stage holds none.
const CONCURRENCY: u16 = 16;
/// When a cache lagged behind: its event is on the way and usually comes first.
const LAGGING: Duration = Duration::from_millis(50);
const FAILED: Duration = Duration::from_millis(250);

struct Context {
    performer: Performer,
    stores: Stores,
    rules: Arc<Rules>,
    pace: Pace,
    /// What the API server did not let us create, by machine.
    refusals: Mutex<HashMap<ObjectRef<Machine>, Refusal>>,
}

/// Plays until the watches end, which they do not.
pub async fn run(client: Client, stores: Stores, changes: Changes, rules: Arc<Rules>, pace: Pace) {
    let context = Arc::new(Context {
        performer: Performer::new(client, Arc::clone(&stores.expected)),
        stores: stores.clone(),
        rules,
        pace,
        refusals: Mutex::default(),
    });
    let config = controller::Config::default().concurrency(CONCURRENCY);
    let machines = applier(
        |machine, context| tend_machine(machine, context).boxed(),
        |_, _, _| Action::requeue(FAILED),
        Arc::clone(&context),
        stores.machines,
        queue(changes.machines),
        config.clone(),
    );
    let data_volumes = applier(
        |volume, context| tend_data_volume(volume, context).boxed(),
        |_, _, _| Action::requeue(FAILED),
        context,
        stores.data_volumes,
        queue(changes.data_volumes),
        config,
    );
    tokio::join!(drain(machines), drain(data_volumes));
}

fn queue<T>(mut changes: UnboundedReceiver<T>) -> impl Stream<Item = Result<T, Infallible>> {
    stream::poll_fn(move |context| changes.poll_recv(context)).map(Ok)
}

fn drain<T, E: std::error::Error + 'static>(
    results: impl Stream<Item = Result<T, controller::Error<E, Infallible>>>,
) -> impl Future<Output = ()> {
    results.for_each(|result| async {
        match result {
            Ok(_) | Err(controller::Error::ObjectNotFound(_)) => {}
            Err(error) => tracing::warn!(error = ?error, "reconciling failed"),
        }
    })
}

async fn tend_machine(machine: Arc<Machine>, context: Arc<Context>) -> Result<Action, kube::Error> {
    let observed = context.observe(&machine);
    if context.is_behind(&observed) {
        return Ok(Action::requeue(expect::PATIENCE));
    }
    let plan = play::next(&observed);
    let mut wake_after = plan.wake_after;
    for action in plan.actions {
        match context.performer.perform(&machine, action).await? {
            Outcome::Done => {}
            Outcome::Outdated => return Ok(Action::requeue(LAGGING)),
            Outcome::Refused(refusal) => {
                let reference = ObjectRef::from_obj(&*machine);
                let known = context.refusals().insert(reference, refusal.clone());
                let is_told = known == Some(refusal);
                wake_after = Some(if is_told { FAILED } else { Duration::ZERO });
            }
        }
    }
    Ok(wake_after.map_or_else(Action::await_change, Action::requeue))
}

async fn tend_data_volume(volume: Arc<DataVolume>, context: Arc<Context>) -> Result<Action, kube::Error> {
    let name = volume.controller::<MachineKind>().unwrap_or(volume.name());
    let rule = context.rules.find(volume.namespace(), name);
    let age = context.stores.stages.age(&volume);
    let (status, wake_after) = import::next(&volume, age, rule.as_deref(), context.pace, &now());
    if status != volume.status && context.performer.replace_data_volume(&volume, status).await? == Outcome::Outdated {
        return Ok(Action::requeue(LAGGING));
    }
    Ok(wake_after.map_or_else(Action::await_change, Action::requeue))
}

impl Context {
    /// Whether a watch has yet to show what we did last.
    fn is_behind(&self, observed: &Observed<'_>) -> bool {
        let machine = observed.machine;
        let (namespace, name) = (machine.namespace(), machine.name());
        let expected = &self.performer.expected;
        let instance = observed.instance.as_ref().map(|seen| &*seen.object);
        let launcher = observed.launcher.as_ref().map(|seen| &*seen.object);
        expected.is_behind(namespace, name, Some(machine))
            || expected.is_behind(namespace, name, instance)
            || instance.is_some_and(|instance| {
                let name = play::launcher_manifest::name(instance);
                expected.is_behind(namespace, &name, launcher)
            })
    }

    fn observe<'a>(&self, machine: &'a Machine) -> Observed<'a> {
        let namespace = machine.namespace();
        let stages = &self.stores.stages;
        let instance = self.stores.instances.get(&ObjectRef::new(machine.name()).within(namespace));
        let launcher = instance.as_ref().and_then(|instance| {
            let name = play::launcher_manifest::name(instance);
            self.stores.launchers.get(&ObjectRef::new(&name).within(namespace))
        });
        if instance.is_none() || launcher.is_some() {
            self.forget_refusal(machine, instance.is_some());
        }
        Observed {
            machine,
            instance: instance.map(|object| Aged { age: stages.age(&object), object }),
            launcher: launcher.map(|object| Aged { age: stages.age(&object), object }),
            data_volumes: data_volume_names(&machine.spec)
                .filter_map(|name| self.stores.data_volumes.get(&ObjectRef::new(name).within(namespace)))
                .collect(),
            rule: self.rules.find(namespace, machine.name()),
            refusal: self.refusals().get(&ObjectRef::from_obj(machine)).cloned(),
            now: now(),
            pace: self.pace,
        }
    }

    fn refusals(&self) -> std::sync::MutexGuard<'_, HashMap<ObjectRef<Machine>, Refusal>> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A refusal ends when what was refused exists; one of a launcher also ends with its instance.
    fn forget_refusal(&self, machine: &Machine, instance_exists: bool) {
        let mut refusals = self.refusals();
        let reference = ObjectRef::from_obj(machine);
        if instance_exists || matches!(refusals.get(&reference), Some(Refusal::Launcher(_))) {
            refusals.remove(&reference);
        }
    }
}

/// Whole seconds, as every controller written in Go stores them.
fn now() -> Time {
    let now = Timestamp::now();
    Time(Timestamp::from_second(now.as_second()).unwrap_or(now))
}
