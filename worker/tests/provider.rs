//! The provider against a real API server, named by `SHEPHERD_TEST_ADMIN_KUBECONFIG` (an administrator's,
//! with KubeVirt's definitions installed and no KubeVirt running: the tests play its part).
//! `SHEPHERD_TEST_WORKER_KUBECONFIG` names the account that the provider uses, if it is another.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams};
use serde_json::{Value, json};
use shepherd_domain::fault::FaultCode;
use shepherd_domain::ids::TicketId;
use shepherd_domain::kubeconfig::Kubeconfig;
use shepherd_worker::provider::{
    Cluster, EgressPolicy, Ensured, NamespaceOrder, ObjectKind, Provider, Removal, VmOrder, VmRef,
};
use tokio::time::Instant;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

fn text() -> Result<String> {
    let path = std::env::var("SHEPHERD_TEST_ADMIN_KUBECONFIG")
        .context("SHEPHERD_TEST_ADMIN_KUBECONFIG must name a kubeconfig; `shepherd-controlplane serve` makes one")?;
    Ok(std::fs::read_to_string(path)?)
}

fn workers() -> Result<Cluster> {
    match std::env::var("SHEPHERD_TEST_WORKER_KUBECONFIG") {
        Ok(path) => cluster_with(&std::fs::read_to_string(path)?, "127.0.0.1"),
        Err(_) => cluster_with(&text()?, "127.0.0.1"),
    }
}

fn cluster_with(text: &str, allow: &str) -> Result<Cluster> {
    Ok(Cluster::new(&Kubeconfig::parse(text)?, allow.parse()?)?)
}

/// One namespace of one ticket, and the administrator who plays KubeVirt.
struct World {
    cluster: Cluster,
    vms: Api<DynamicObject>,
    namespace: String,
    ticket_id: TicketId,
}

impl World {
    async fn new() -> Result<Self> {
        let ticket_id = TicketId(Uuid::now_v7());
        let namespace = format!("t-{}", Uuid::new_v4().simple());
        let cluster = workers()?;
        let config = kube::config::Kubeconfig::from_yaml(&text()?)?;
        let config = kube::Config::from_custom_kubeconfig(config, &Default::default()).await?;
        let kind = GroupVersionKind::gvk("kubevirt.io", "v1", "VirtualMachine");
        let resource = ApiResource::from_gvk_with_plural(&kind, "virtualmachines");
        let vms = Api::namespaced_with(kube::Client::try_from(config)?, &namespace, &resource);
        let world = Self { cluster, vms, namespace, ticket_id };
        ensure!(world.ensure_namespace(ticket_id).await?.created);
        Ok(world)
    }

    async fn ensure_namespace(&self, ticket_id: TicketId) -> Result<Ensured> {
        let (labels, annotations) = (BTreeMap::from([("a".to_owned(), "b".to_owned())]), BTreeMap::new());
        let order = NamespaceOrder { name: self.namespace.clone(), ticket_id, labels, annotations };
        Ok(self.cluster.ensure_namespace(&order).await?)
    }

    fn manifest(&self, name: &str, ticket_id: TicketId) -> Value {
        let labels = json!({"kubevirt-shepherd.io/managed-by": "kubevirt-shepherd",
            "kubevirt-shepherd.io/ticket-id": ticket_id.to_string()});
        json!({
            "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
            "metadata": {"name": name, "namespace": self.namespace, "labels": labels},
            "spec": {"runStrategy": "Always", "template": {"metadata": {"labels": labels}, "spec": {
                "domain": {"devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}]},
                    "memory": {"guest": "128Mi"}},
                "volumes": [{"name": "root", "containerDisk": {"image": "quay.io/a/b:1"}}],
            }}},
        })
    }

    fn order(&self, name: &str) -> VmOrder {
        let manifest = self.manifest(name, self.ticket_id);
        VmOrder { namespace: self.namespace.clone(), name: name.to_owned(), ticket_id: self.ticket_id, manifest }
    }

    fn vm(&self, name: &str, uid: Option<String>) -> VmRef {
        VmRef { namespace: self.namespace.clone(), name: name.to_owned(), ticket_id: self.ticket_id, uid }
    }

    async fn applied(&self, name: &str) -> Result<VmRef> {
        let applied = self.cluster.apply_vm(&self.order(name)).await?;
        Ok(self.vm(name, Some(applied.uid)))
    }

    /// A person applies something of their own.
    async fn strangers(&self, name: &str) -> Result<()> {
        let mut manifest = self.manifest(name, self.ticket_id);
        manifest["metadata"]["labels"] = json!({});
        self.vms.patch(name, &PatchParams::apply("kubectl"), &Patch::Apply(manifest)).await?;
        Ok(())
    }

    async fn wait(&self, vm: &VmRef, patience: Duration) -> std::result::Result<(), FaultCode> {
        self.cluster.await_vm_ready(vm, patience).await.map(drop).map_err(|fault| fault.code)
    }
}

fn code<T>(answer: std::result::Result<T, shepherd_domain::fault::Fault>) -> Option<FaultCode> {
    answer.err().map(|fault| fault.code)
}

#[tokio::test]
async fn namespace_belongs_to_the_ticket_that_made_it() -> Result<()> {
    let world = World::new().await?;
    ensure!(world.ensure_namespace(world.ticket_id).await?.created, "a second attempt still made it");
    let stranger = TicketId(Uuid::now_v7());
    ensure!(!world.ensure_namespace(stranger).await?.created);
    ensure!(world.cluster.remove_namespace(&world.namespace, stranger).await? == Removal::NotOurs);
    let vm = world.applied("a").await?;
    ensure!(world.cluster.remove_namespace(&world.namespace, world.ticket_id).await? == Removal::InUse);
    world.cluster.remove_vm(&vm).await?;
    ensure!(world.cluster.remove_namespace(&world.namespace, world.ticket_id).await? == Removal::Removed);
    ensure!(world.cluster.remove_namespace("t-absent", world.ticket_id).await? == Removal::Absent);
    Ok(())
}

#[tokio::test]
async fn vm_is_applied_twice_and_stays_the_same() -> Result<()> {
    let world = World::new().await?;
    let first = world.cluster.apply_vm(&world.order("a")).await?;
    let second = world.cluster.apply_vm(&world.order("a")).await?;
    ensure!(first.uid == second.uid, "{first:?} {second:?}");
    let left = world.cluster.residue(world.ticket_id, &world.namespace).await?;
    let vms = left.iter().filter(|object| object.kind == ObjectKind::VirtualMachine).count();
    ensure!(vms == 1, "{left:?}");
    Ok(())
}

#[tokio::test]
async fn strangers_vm_is_neither_adopted_nor_deleted() -> Result<()> {
    let world = World::new().await?;
    world.strangers("a").await?;
    ensure!(code(world.cluster.apply_vm(&world.order("a")).await) == Some(FaultCode::ObjectNotOurs));
    ensure!(world.cluster.remove_vm(&world.vm("a", None)).await? == Removal::NotOurs);
    let found = world.vms.get("a").await?;
    let managers = found.metadata.managed_fields.unwrap_or_default();
    ensure!(managers.iter().all(|fields| fields.manager.as_deref() != Some("kubevirt-shepherd")), "{managers:?}");
    Ok(())
}

#[tokio::test]
async fn refusals_have_their_codes() -> Result<()> {
    let world = World::new().await?;
    let mut order = world.order("a");
    order.manifest["spec"]["colour"] = json!("red");
    ensure!(code(world.cluster.apply_vm(&order).await) == Some(FaultCode::ManifestInvalid));
    let mut order = world.order("a");
    order.manifest["spec"]["template"] = Value::Null;
    ensure!(code(world.cluster.apply_vm(&order).await) == Some(FaultCode::ManifestInvalid));
    let mut order = world.order("a");
    order.manifest["metadata"]["namespace"] = json!("t-absent");
    order.namespace = "t-absent".to_owned();
    ensure!(code(world.cluster.apply_vm(&order).await) == Some(FaultCode::NamespaceNotFound));
    let (labels, annotations) = (BTreeMap::new(), BTreeMap::new());
    let order = NamespaceOrder { name: "A_b".to_owned(), ticket_id: world.ticket_id, labels, annotations };
    ensure!(code(world.cluster.ensure_namespace(&order).await) == Some(FaultCode::NamespaceNameInvalid));
    world.applied("b").await?;
    let halted = json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": "b"},
        "spec": {"runStrategy": "Halted"}});
    world.vms.patch("b", &PatchParams::apply("kubectl").force(), &Patch::Apply(halted)).await?;
    ensure!(code(world.cluster.apply_vm(&world.order("b")).await) == Some(FaultCode::FieldConflict));
    Ok(())
}

#[tokio::test]
async fn waiting_ends_when_the_vm_is_ready_and_when_there_is_nothing_to_wait_for() -> Result<()> {
    let world = World::new().await?;
    let vm = world.applied("a").await?;
    ensure!(world.wait(&vm, PATIENCE).await.is_ok());
    ensure!(world.wait(&vm, PATIENCE).await == Ok(()), "ready at once");
    ensure!(world.wait(&world.vm("b", None), PATIENCE).await == Err(FaultCode::VmDeleted));
    ensure!(world.wait(&world.vm("a", Some("other".to_owned())), PATIENCE).await == Err(FaultCode::VmDeleted));
    ensure!(world.cluster.remove_vm(&vm).await? == Removal::Removed);
    ensure!(world.cluster.remove_vm(&vm).await? == Removal::Absent);
    Ok(())
}

#[tokio::test]
async fn removal_waits_for_the_last_finalizer() -> Result<()> {
    let world = World::new().await?;
    let vm = world.applied("a").await?;
    let (hold, merge) = ("tests.example.org/hold".to_owned(), PatchParams::default());
    let mut finalizers = world.vms.get("a").await?.metadata.finalizers.unwrap_or_default();
    finalizers.push(hold.clone());
    world.vms.patch("a", &merge, &Patch::Merge(json!({"metadata": {"finalizers": finalizers}}))).await?;
    let release = async {
        let mut pause = tokio::time::interval(Duration::from_millis(25));
        loop {
            pause.tick().await;
            let metadata = world.vms.get("a").await?.metadata;
            if metadata.deletion_timestamp.is_some() && metadata.finalizers.as_ref() == Some(&vec![hold.clone()]) {
                break;
            }
        }
        let released = Instant::now();
        world.vms.patch("a", &merge, &Patch::Merge(json!({"metadata": {"finalizers": null}}))).await?;
        anyhow::Ok(released)
    };
    let removal = async { (world.cluster.remove_vm(&vm).await, Instant::now()) };
    let (released, (removal, removed)) = tokio::join!(tokio::time::timeout(PATIENCE, release), removal);
    ensure!(removal? == Removal::Removed);
    ensure!(released?? < removed, "the removal ended while the VM was still there");
    ensure!(world.vms.get_opt("a").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn waiting_ends_when_the_vm_is_deleted() -> Result<()> {
    let world = World::new().await?;
    let mut order = world.order("a");
    order.manifest["spec"]["runStrategy"] = json!("Halted");
    let vm = world.vm("a", Some(world.cluster.apply_vm(&order).await?.uid));
    let at_once = DeleteParams::default();
    let (ended, deleted) = tokio::join!(world.wait(&vm, PATIENCE), world.vms.delete("a", &at_once));
    deleted?;
    ensure!(ended == Err(FaultCode::VmDeleted));
    Ok(())
}

#[tokio::test]
async fn check_tells_what_the_cluster_is() -> Result<()> {
    let verdict = workers()?.check().await;
    ensure!(verdict.is_healthy(), "{verdict:?}");
    ensure!(verdict.kubernetes_version.is_some_and(|version| version.starts_with("v1.")));
    ensure!(verdict.storage_classes.iter().filter(|class| class.default).count() == 1);
    Ok(())
}

#[tokio::test]
async fn connections_have_their_faults() -> Result<()> {
    let text = text()?;
    let refused = Cluster::new(&Kubeconfig::parse(&text)?, EgressPolicy::default());
    ensure!(code(refused) == Some(FaultCode::EgressDenied));
    let by_name = cluster_with(&text.replace("127.0.0.1", "localhost"), "")?.check().await;
    ensure!(by_name.faults.iter().any(|fault| fault.code == FaultCode::EgressDenied), "{by_name:?}");
    let data = text.lines().filter(|line| !line.contains("client-certificate-data"));
    let anonymous: Vec<_> =
        data.map(|line| if line.contains("client-key-data") { "    token: nobody" } else { line }).collect();
    let rejected = cluster_with(&anonymous.join("\n"), "127.0.0.1")?.check().await;
    ensure!(rejected.faults.iter().any(|fault| fault.code == FaultCode::ClusterCredentialRejected), "{rejected:?}");
    let silent = text.replace("https://127.0.0.1:", "https://127.0.0.2:");
    let unreachable = cluster_with(&silent, "127.0.0.0/8")?.check().await;
    ensure!(!unreachable.reachable && unreachable.faults.iter().all(|fault| fault.retryable), "{unreachable:?}");
    Ok(())
}
