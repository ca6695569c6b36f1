//! What `play` decided, as calls to the API server. Every write that depends on what was seen carries the
//! version that was seen, so a cache that lags behind does no harm.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::{Value, json};

use crate::expect::Expected;
use crate::kinds::{DataVolume, DataVolumeStatus, Definition, Instance, Launcher, LauncherKind, Machine, Object};
use crate::node;
use crate::play::{Action, Refusal};

const VIRT_CONTROLLER: &str = "virt-controller";
const VIRT_HANDLER: &str = "virt-handler";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    Done,
    /// The object is no longer as it was seen.
    Outdated,
    Refused(Refusal),
}

/// The hands of the play.
pub struct Performer {
    client: Client,
    pub expected: std::sync::Arc<Expected>,
}

impl Performer {
    pub fn new(client: Client, expected: std::sync::Arc<Expected>) -> Self {
        Self { client, expected }
    }

    pub async fn perform(&self, machine: &Machine, action: Action) -> Result<Outcome, kube::Error> {
        let namespace = machine.namespace();
        match action {
            Action::SetMachineFinalizers(finalizers) => self.set_finalizers(machine, &finalizers).await,
            Action::ReplaceMachineStatus(status) => {
                let mut wanted = machine.clone();
                wanted.status = *status;
                self.replace_status(wanted, VIRT_CONTROLLER).await
            }
            Action::CreateDataVolume(volume) => self.create(&*volume, Refusal::DataVolume).await,
            Action::CreateInstance(instance) => self.create(&*instance, Refusal::Instance).await,
            Action::ReplaceInstance(instance) => self.replace_instance(*instance).await,
            Action::DeleteInstance(uid) => {
                self.delete(self.api::<Instance>(namespace), machine.name(), &exactly(&uid)).await
            }
            Action::CreateLauncher(launcher) => self.create(&*launcher, Refusal::Launcher).await,
            Action::BindLauncher(name) => self.bind(namespace, &name).await,
            Action::PatchLauncherStatus { name, version, status } => {
                let patch = Patch::Merge(json!({"metadata": {"resourceVersion": version}, "status": status}));
                let launchers = self.api::<Launcher>(namespace);
                self.settled(launchers.patch_status(&name, &patcher("kubelet"), &patch).await)
            }
            Action::DeleteLauncher { name, uid } => {
                self.delete(self.api::<Launcher>(namespace), &name, &exactly(&uid)).await
            }
            Action::RemoveLauncher { name, uid } => {
                self.expected.note_removal::<LauncherKind>(namespace, &name);
                let at_once = exactly(&uid).grace_period(0);
                self.delete(self.api::<Launcher>(namespace), &name, &at_once).await
            }
        }
    }

    pub async fn replace_data_volume(
        &self,
        volume: &DataVolume,
        status: DataVolumeStatus,
    ) -> Result<Outcome, kube::Error> {
        let mut wanted = volume.clone();
        wanted.status = status;
        self.replace_status(wanted, "cdi-controller").await
    }

    async fn set_finalizers(&self, machine: &Machine, finalizers: &[String]) -> Result<Outcome, kube::Error> {
        let version = &machine.metadata.resource_version;
        let patch = Patch::Merge(json!({"metadata": {"finalizers": finalizers, "resourceVersion": version}}));
        let machines = self.api::<Machine>(machine.namespace());
        self.settled(machines.patch(machine.name(), &patcher(VIRT_CONTROLLER), &patch).await)
    }

    async fn replace_status<D: Definition>(
        &self,
        mut wanted: Object<D>,
        manager: &str,
    ) -> Result<Outcome, kube::Error> {
        // Field ownership is the API server's business: absent means unchanged.
        wanted.metadata.managed_fields = None;
        let objects = self.api::<Object<D>>(wanted.namespace());
        self.settled(objects.replace_status(wanted.name(), &writer(manager), &wanted).await)
    }

    /// An instance has no status subresource. Nobody applies one, and keeping account of who wrote which of
    /// its fields costs the API server a third of each write: the account is given up.
    async fn replace_instance(&self, mut wanted: Instance) -> Result<Outcome, kube::Error> {
        wanted.metadata.managed_fields = Some(vec![ManagedFieldsEntry::default()]);
        let manager = if wanted.status.node_name.is_some() { VIRT_HANDLER } else { VIRT_CONTROLLER };
        let instances = self.api::<Instance>(wanted.namespace());
        self.settled(instances.replace(wanted.name(), &writer(manager), &wanted).await)
    }

    /// Whatever admission says against a creation is shown on the object that wanted it, as the real
    /// controllers do.
    async fn create<D: Definition>(
        &self,
        wanted: &Object<D>,
        refusal: fn(String) -> Refusal,
    ) -> Result<Outcome, kube::Error> {
        let objects = self.api::<Object<D>>(wanted.namespace());
        match objects.create(&writer(VIRT_CONTROLLER), wanted).await {
            Err(kube::Error::Api(status)) if matches!(status.code, 400 | 403 | 422) => {
                Ok(Outcome::Refused(refusal(status.message.clone())))
            }
            result => self.settled(result),
        }
    }

    async fn delete<D: Definition>(
        &self,
        objects: Api<Object<D>>,
        name: &str,
        how: &DeleteParams,
    ) -> Result<Outcome, kube::Error> {
        match objects.delete(name, how).await {
            Ok(either) => match either.left() {
                Some(deleting) if how.grace_period_seconds != Some(0) => self.settled(Ok(deleting)),
                _ => Ok(Outcome::Done),
            },
            Err(error) => self.settled::<D>(Err(error)),
        }
    }

    async fn bind(&self, namespace: &str, name: &str) -> Result<Outcome, kube::Error> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let binding = json!({
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name, "namespace": namespace},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node::NAME},
        });
        let as_scheduler = writer("kube-scheduler");
        let bound = pods.create_subresource::<_, Value>("binding", name, &as_scheduler, &binding).await;
        outcome(bound.map(|_| ()))
    }

    fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: kube::Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), namespace)
    }

    fn settled<D: Definition>(&self, result: Result<Object<D>, kube::Error>) -> Result<Outcome, kube::Error> {
        outcome(result.map(|written| self.expected.note(&written)))
    }
}

fn outcome(result: Result<(), kube::Error>) -> Result<Outcome, kube::Error> {
    match result {
        Ok(()) => Ok(Outcome::Done),
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(Outcome::Outdated),
        Err(error) => Err(error),
    }
}

fn writer(field_manager: &str) -> PostParams {
    PostParams { field_manager: Some(field_manager.to_owned()), ..PostParams::default() }
}

fn patcher(field_manager: &str) -> PatchParams {
    PatchParams { field_manager: Some(field_manager.to_owned()), ..PatchParams::default() }
}

fn exactly(uid: &str) -> DeleteParams {
    DeleteParams::default().preconditions(Preconditions { uid: Some(uid.to_owned()), resource_version: None })
}
