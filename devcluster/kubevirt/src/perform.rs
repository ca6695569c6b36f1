//! What `play` decided, as calls to the API server. Every write that depends on what was seen carries the
//! version that was seen, so a cache that lags behind does no harm.

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::{Value, json};

use crate::kinds::{DataVolume, DataVolumeStatus, Definition, Instance, Launcher, Machine, Object};
use crate::node;
use crate::play::{Action, Refusal};

const VIRT_CONTROLLER: &str = "virt-controller";
const VIRT_HANDLER: &str = "virt-handler";
const CDI_CONTROLLER: &str = "cdi-controller";
const KUBELET: &str = "kubelet";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    Done,
    /// The object is no longer as it was seen.
    Outdated,
    Refused(Refusal),
}

pub async fn perform(
    client: &Client,
    machine: &Machine,
    action: Action,
) -> Result<Outcome, kube::Error> {
    let namespace = machine.namespace();
    let machines: Api<Machine> = Api::namespaced(client.clone(), namespace);
    let instances: Api<Instance> = Api::namespaced(client.clone(), namespace);
    let launchers: Api<Launcher> = Api::namespaced(client.clone(), namespace);
    match action {
        Action::SetMachineFinalizers(finalizers) => {
            let patch = json!({"metadata": {"finalizers": finalizers, "resourceVersion": machine.metadata.resource_version}});
            let as_controller = PatchParams {
                field_manager: Some(VIRT_CONTROLLER.to_owned()),
                ..PatchParams::default()
            };
            settled(
                machines
                    .patch(machine.name(), &as_controller, &Patch::Merge(patch))
                    .await,
            )
        }
        Action::ReplaceMachineStatus(status) => {
            let mut wanted = machine.clone();
            wanted.status = *status;
            settled(
                machines
                    .replace_status(machine.name(), &writer(VIRT_CONTROLLER), &slim(wanted))
                    .await,
            )
        }
        Action::CreateDataVolume(volume) => create(client, namespace, &volume).await,
        Action::CreateInstance(instance) => {
            let created = instances.create(&writer(VIRT_CONTROLLER), &instance).await;
            refused(created, Refusal::Instance)
        }
        Action::ReplaceInstance(instance) => {
            let manager = if instance.status.node_name.is_some() {
                VIRT_HANDLER
            } else {
                VIRT_CONTROLLER
            };
            let wanted = slim(*instance);
            settled(
                instances
                    .replace(wanted.name(), &writer(manager), &wanted)
                    .await,
            )
        }
        Action::DeleteInstance(uid) => {
            settled(instances.delete(machine.name(), &exactly(&uid)).await)
        }
        Action::CreateLauncher(launcher) => {
            let created = launchers.create(&writer(VIRT_CONTROLLER), &launcher).await;
            refused(created, Refusal::Launcher)
        }
        Action::BindLauncher(name) => bind(client, namespace, &name).await,
        Action::PatchLauncherStatus {
            name,
            version,
            status,
        } => {
            let patch = json!({"metadata": {"resourceVersion": version}, "status": status});
            let as_kubelet = PatchParams {
                field_manager: Some(KUBELET.to_owned()),
                ..PatchParams::default()
            };
            settled(
                launchers
                    .patch_status(&name, &as_kubelet, &Patch::Merge(patch))
                    .await,
            )
        }
        Action::DeleteLauncher { name, uid } => {
            settled(launchers.delete(&name, &exactly(&uid)).await)
        }
        Action::RemoveLauncher { name, uid } => settled(
            launchers
                .delete(&name, &exactly(&uid).grace_period(0))
                .await,
        ),
    }
}

pub async fn replace_data_volume(
    client: &Client,
    volume: &DataVolume,
    status: DataVolumeStatus,
) -> Result<Outcome, kube::Error> {
    let volumes: Api<DataVolume> = Api::namespaced(client.clone(), volume.namespace());
    let mut wanted = volume.clone();
    wanted.status = status;
    settled(
        volumes
            .replace_status(volume.name(), &writer(CDI_CONTROLLER), &slim(wanted))
            .await,
    )
}

async fn create(
    client: &Client,
    namespace: &str,
    volume: &DataVolume,
) -> Result<Outcome, kube::Error> {
    let volumes: Api<DataVolume> = Api::namespaced(client.clone(), namespace);
    refused(
        volumes.create(&writer(VIRT_CONTROLLER), volume).await,
        Refusal::DataVolume,
    )
}

async fn bind(client: &Client, namespace: &str, name: &str) -> Result<Outcome, kube::Error> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let binding = json!({
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": name, "namespace": namespace},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node::NAME},
    });
    let bound = pods
        .create_subresource::<_, Value>("binding", name, &writer("kube-scheduler"), &binding)
        .await;
    settled(bound)
}

fn writer(field_manager: &str) -> PostParams {
    PostParams {
        field_manager: Some(field_manager.to_owned()),
        ..PostParams::default()
    }
}

fn exactly(uid: &str) -> DeleteParams {
    DeleteParams::default().preconditions(Preconditions {
        uid: Some(uid.to_owned()),
        resource_version: None,
    })
}

/// Field ownership is the API server's business: absent means unchanged.
fn slim<D: Definition>(mut object: Object<D>) -> Object<D> {
    object.metadata.managed_fields = None;
    object
}

fn settled<T>(result: Result<T, kube::Error>) -> Result<Outcome, kube::Error> {
    match result {
        Ok(_) => Ok(Outcome::Done),
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(Outcome::Outdated),
        Err(error) => Err(error),
    }
}

/// Whatever admission says against a creation is shown on the object that wanted it, as the real controllers do.
fn refused<T>(
    result: Result<T, kube::Error>,
    refusal: fn(String) -> Refusal,
) -> Result<Outcome, kube::Error> {
    match result {
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 403 | 422) => {
            Ok(Outcome::Refused(refusal(status.message.clone())))
        }
        result => settled(result),
    }
}
