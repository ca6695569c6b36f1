//! Five watches and what they say: each keeps a store true and names the machine (or the data volume) that has
//! to be looked at again.

use std::sync::Arc;

use futures_util::StreamExt as _;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt as _, watcher as watch};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::behaviour::{self, Rules};
use crate::expect::Expected;
use crate::kinds::{DataVolume, Definition, Instance, InstanceKind, Launcher, Machine, MachineKind, Object};
use crate::play::volume::data_volume_names;
use crate::stage::Stages;

/// What the API server holds, as of the latest events.
#[derive(Clone)]
pub struct Stores {
    pub machines: Store<Machine>,
    pub instances: Store<Instance>,
    pub launchers: Store<Launcher>,
    pub data_volumes: Store<DataVolume>,
    pub stages: Arc<Stages>,
    pub expected: Arc<Expected>,
}

/// What has to be looked at again.
pub struct Changes {
    pub machines: UnboundedReceiver<ObjectRef<Machine>>,
    pub data_volumes: UnboundedReceiver<ObjectRef<DataVolume>>,
}

impl Stores {
    pub async fn wait_until_ready(&self) -> anyhow::Result<()> {
        self.machines.wait_until_ready().await?;
        self.instances.wait_until_ready().await?;
        self.launchers.wait_until_ready().await?;
        self.data_volumes.wait_until_ready().await?;
        Ok(())
    }
}

/// Starts the watches.
pub fn start(client: &Client, rules: Arc<Rules>) -> (Changes, Stores) {
    let (machines, machine_writer) = reflector::store();
    let (instances, instance_writer) = reflector::store();
    let (launchers, launcher_writer) = reflector::store();
    let (data_volumes, data_volume_writer) = reflector::store();
    let (stages, expected) = (Arc::<Stages>::default(), Arc::<Expected>::default());
    let stores = Stores { machines, instances, launchers, data_volumes, stages, expected };
    let (machine_changed, machine_changes) = unbounded_channel();
    let (volume_changed, volume_changes) = unbounded_channel();

    let follow =
        Follow { client: client.clone(), stages: Arc::clone(&stores.stages), expected: Arc::clone(&stores.expected) };
    let all = watcher::Config::default();
    follow.each(machine_writer, all.clone(), {
        let changed = machine_changed.clone();
        move |machine: &Machine| announce(&changed, ObjectRef::from_obj(machine))
    });
    follow.each(instance_writer, all.clone(), {
        let changed = machine_changed.clone();
        move |instance: &Instance| announce_owner(&changed, instance, instance.controller::<MachineKind>())
    });
    // An instance has its machine's name.
    follow.each(launcher_writer, all.clone().labels("kubevirt.io=virt-launcher"), {
        let changed = machine_changed.clone();
        move |launcher: &Launcher| announce_owner(&changed, launcher, launcher.controller::<InstanceKind>())
    });
    follow.each(data_volume_writer, all, {
        let (changed, machines) = (machine_changed.clone(), stores.machines.clone());
        let volume_changed = volume_changed.clone();
        move |volume: &DataVolume| {
            announce(&volume_changed, ObjectRef::from_obj(volume));
            for machine in users(&machines, volume) {
                announce(&changed, ObjectRef::from_obj(&*machine));
            }
        }
    });
    tokio::spawn(follow_rules(client.clone(), rules, stores.clone(), machine_changed, volume_changed));
    let changes = Changes { machines: machine_changes, data_volumes: volume_changes };
    (changes, stores)
}

struct Follow {
    client: Client,
    stages: Arc<Stages>,
    expected: Arc<Expected>,
}

impl Follow {
    fn each<D: Definition>(
        &self,
        writer: reflector::store::Writer<Object<D>>,
        config: watcher::Config,
        changed: impl Fn(&Object<D>) + Send + Sync + 'static,
    ) {
        let store = writer.as_reader();
        let (stages, expected) = (Arc::clone(&self.stages), Arc::clone(&self.expected));
        let api: Api<Object<D>> = Api::all(self.client.clone());
        let events = reflector::reflector(writer, watch(api, config).default_backoff());
        tokio::spawn(async move {
            let mut events = std::pin::pin!(events);
            while let Some(event) = events.next().await {
                match event {
                    Ok(Event::Apply(object)) => {
                        stages.age(&object);
                        changed(&object);
                    }
                    Ok(Event::Delete(object)) => {
                        stages.forget(object.uid());
                        expected.forget::<D>(object.namespace(), object.name());
                        changed(&object);
                    }
                    // Only now does the store hold what the list brought.
                    Ok(Event::InitDone) => store.state().iter().for_each(|each| changed(each)),
                    Ok(Event::Init | Event::InitApply(_)) => {}
                    Err(error) => tracing::warn!(kind = D::KIND, %error, "watch failed"),
                }
            }
        });
    }
}

/// Machines that wait for the data volume or were made with it.
fn users(machines: &Store<Machine>, volume: &DataVolume) -> Vec<Arc<Machine>> {
    machines.state_filter(|machine| {
        machine.namespace() == volume.namespace() && data_volume_names(&machine.spec).any(|name| name == volume.name())
    })
}

async fn follow_rules(
    client: Client,
    rules: Arc<Rules>,
    stores: Stores,
    machine_changed: UnboundedSender<ObjectRef<Machine>>,
    volume_changed: UnboundedSender<ObjectRef<DataVolume>>,
) {
    let api: Api<ConfigMap> = Api::namespaced(client, behaviour::NAMESPACE);
    let config = watcher::Config::default().labels(behaviour::LABEL);
    let mut events = std::pin::pin!(watch(api, config).default_backoff());
    while let Some(event) = events.next().await {
        if !matches!(event, Ok(Event::Apply(_) | Event::Delete(_) | Event::InitDone)) {
            continue;
        }
        if let Err(error) = rules.refresh().await {
            tracing::warn!(%error, "behaviour rules cannot be read");
        }
        for machine in stores.machines.state() {
            announce(&machine_changed, ObjectRef::from_obj(&*machine));
        }
        for volume in stores.data_volumes.state() {
            announce(&volume_changed, ObjectRef::from_obj(&*volume));
        }
    }
}

fn announce_owner<D: Definition>(
    changed: &UnboundedSender<ObjectRef<Machine>>,
    object: &Object<D>,
    owner: Option<&str>,
) {
    if let Some(owner) = owner {
        announce(changed, ObjectRef::new(owner).within(object.namespace()));
    }
}

/// The receiver lives as long as the process: nobody is left to tell when it is gone.
fn announce<K: kube::Resource>(changed: &UnboundedSender<ObjectRef<K>>, object: ObjectRef<K>) {
    changed.send(object).ok();
}
