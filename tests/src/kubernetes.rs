//! The cluster as its administrator sees it: the witness, and the hand of strangers.

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams};
use kube::api::{PostParams, WatchEvent, WatchParams};
use kube::config::Kubeconfig;
use serde_json::{Value, json};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use uuid::Uuid;

use crate::environment::variable;

/// Label of everything that a ticket made.
const TICKET: &str = "kubevirt-shepherd.io/ticket-id";
/// Where the played KubeVirt looks for its rules.
const BEHAVIOURS: &str = "kubevirt";

/// A client with the administrator's rights, past the gateway.
pub struct Kubernetes(pub(crate) kube::Client);

impl Kubernetes {
    /// The run's cluster.
    ///
    /// # Errors
    /// When the run has none.
    pub async fn of_run() -> anyhow::Result<Self> {
        Self::with("SHEPHERD_TEST_ADMIN_KUBECONFIG").await
    }

    /// The same with the worker's rights and through the gateway, as the product sees it.
    ///
    /// # Errors
    /// When the run has none.
    pub async fn as_worker() -> anyhow::Result<Self> {
        Self::with("SHEPHERD_TEST_WORKER_KUBECONFIG").await
    }

    async fn with(kubeconfig: &str) -> anyhow::Result<Self> {
        let config = Kubeconfig::read_from(variable(kubeconfig)?)?;
        let config = kube::Config::from_custom_kubeconfig(config, &Default::default()).await?;
        Ok(Self(kube::Client::try_from(config)?))
    }

    /// Machines of a namespace.
    pub fn vms(&self, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.0.clone(), namespace, &machines())
    }

    /// Names of all that carries the ticket's label and is not on its way out.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub async fn of_ticket(&self, ticket: &str) -> anyhow::Result<Vec<String>> {
        let mut found = Vec::new();
        for resource in [
            namespaces(),
            machines(),
            resource("kubevirt.io", "v1", "VirtualMachineInstance", "virtualmachineinstances"),
            resource("cdi.kubevirt.io", "v1beta1", "DataVolume", "datavolumes"),
        ] {
            let api: Api<DynamicObject> = Api::all_with(self.0.clone(), &resource);
            let list = api.list_metadata(&ListParams::default().labels(&format!("{TICKET}={ticket}"))).await?;
            let here = list.items.into_iter().filter(|object| object.metadata.deletion_timestamp.is_none());
            found.extend(here.map(|object| format!("{} {:?}", resource.kind, object.metadata.name)));
        }
        Ok(found)
    }

    /// Makes a namespace of nobody's ticket.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn namespace(&self, name: &str) -> anyhow::Result<()> {
        let api: Api<DynamicObject> = Api::all_with(self.0.clone(), &namespaces());
        create(&api, json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await
    }

    /// Makes a machine of somebody else and answers its UID.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn strangers_vm(&self, namespace: &str, name: &str) -> anyhow::Result<Option<String>> {
        let vm = json!({
            "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": name},
            "spec": {"runStrategy": "Halted", "template": {"spec": {
                "domain": {"devices": {}, "memory": {"guest": "128Mi"}}, "volumes": [],
            }}},
        });
        create(&self.vms(namespace), vm).await?;
        Ok(self.vms(namespace).get(name).await?.metadata.uid)
    }

    /// Forbids machines in a namespace by quota, and waits until the quota counts.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn forbid_vms(&self, namespace: &str) -> anyhow::Result<()> {
        let quotas = resource("", "v1", "ResourceQuota", "resourcequotas");
        let api: Api<DynamicObject> = Api::namespaced_with(self.0.clone(), namespace, &quotas);
        let quota = json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"},
            "spec": {"hard": {"count/virtualmachines.kubevirt.io": "0"}},
        });
        create(&api, quota).await?;
        crate::until("the quota", async || {
            let quota = api.get("none").await?;
            Ok(quota.data["status"]["hard"].is_object().then_some(()))
        })
        .await
    }

    /// Has the played KubeVirt treat all machines of a namespace in that way.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn behave(&self, namespace: &str, behaviour: &str) -> anyhow::Result<()> {
        let maps = resource("", "v1", "ConfigMap", "configmaps");
        let api: Api<DynamicObject> = Api::namespaced_with(self.0.clone(), BEHAVIOURS, &maps);
        let rule = json!({"namespace": namespace, "name": "*", "behaviour": behaviour, "delay_ms": 50, "message": "not on my watch"});
        let map = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {
                "name": format!("test-{}", Uuid::new_v4().simple()),
                "labels": {"devcluster.kubevirt-shepherd.io/behaviour": "true"},
            },
            "data": {"rule": rule.to_string()},
        });
        create(&api, map).await
    }

    /// Applies a machine like another one and answers how long it took until it was ready: what a bare client needs.
    ///
    /// # Errors
    /// When the cluster refuses it, or it never gets ready.
    pub async fn copy(&self, namespace: &str, model: &str, name: &str) -> anyhow::Result<Duration> {
        let api = self.vms(namespace);
        let spec = api.get(model).await?.data["spec"].clone();
        let copy = json!({
            "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": name}, "spec": spec,
        });
        let began = Instant::now();
        let applied = api.patch(name, &PatchParams::apply("bare").force(), &Patch::Apply(&copy)).await?;
        let version = applied.metadata.resource_version.context("resource version")?;
        let of_this = WatchParams::default().fields(&format!("metadata.name={name}"));
        let mut changes = pin!(api.watch(&of_this, &version).await?);
        while let Some(change) = timeout(crate::PATIENCE, changes.try_next()).await?? {
            if let WatchEvent::Modified(machine) = change
                && machine.data["status"]["ready"] == true
            {
                return Ok(began.elapsed());
            }
        }
        anyhow::bail!("the watch on {name} ended before it was ready")
    }

    /// Stops a machine as its owner would.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn halt(&self, namespace: &str, name: &str) -> anyhow::Result<()> {
        let halted = json!({"spec": {"runStrategy": "Halted"}});
        self.vms(namespace).patch(name, &PatchParams::default(), &Patch::Merge(halted)).await?;
        Ok(())
    }

    /// Deletes a machine.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn delete(&self, namespace: &str, name: &str) -> anyhow::Result<()> {
        self.vms(namespace).delete(name, &DeleteParams::default()).await?;
        Ok(())
    }
}

pub(crate) async fn create(api: &Api<DynamicObject>, object: Value) -> anyhow::Result<()> {
    api.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
    Ok(())
}

fn namespaces() -> ApiResource {
    resource("", "v1", "Namespace", "namespaces")
}

fn machines() -> ApiResource {
    resource("kubevirt.io", "v1", "VirtualMachine", "virtualmachines")
}

pub(crate) fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}
