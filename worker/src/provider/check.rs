//! Whether a cluster can serve us, and with what.

use futures::stream::{self, StreamExt};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::storage::v1::StorageClass as Class;
use kube::api::{Api, DynamicObject, ListParams, PostParams};
use serde_json::Value;
use shepherd_domain::fault::{Fault, FaultCode, Operation};

use super::cluster::Cluster;
use super::kubevirt;
use super::orders::{ClusterVerdict, NodeFacts, StorageClass};
use super::rights::{self, Right};

/// Questions about rights that are open at the same time.
const QUESTIONS: usize = 8;
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";
/// Feature gates that are always on from a minor version of KubeVirt 1 on.
const GRADUATED: &[(u32, &str)] = &[
    (0, "LiveMigration"),
    (4, "NetworkHotplug"),
    (4, "CommonInstancetypesDeployment"),
    (5, "NUMA"),
    (6, "GPUAssignment"),
    (7, "NodeRestriction"),
];

pub(super) async fn check(cluster: &Cluster) -> ClusterVerdict {
    let mut verdict = ClusterVerdict::default();
    match cluster.client.apiserver_version().await {
        Ok(version) => {
            verdict.reachable = true;
            verdict.kubernetes_version = Some(version.git_version);
        }
        Err(error) => {
            let fault = cluster.fault(Operation::Check, &error);
            verdict.reachable = matches!(error, kube::Error::Api(_));
            verdict.faults.push(fault);
            return verdict;
        }
    }
    let (kubevirt, classes, nodes, rights) =
        tokio::join!(kubevirt(cluster), storage_classes(cluster), nodes(cluster), missing_rights(cluster));
    let faults = &mut verdict.faults;
    if let Some(kubevirt) = kept(kubevirt, faults) {
        verdict.feature_gates = feature_gates(&kubevirt);
        verdict.kubevirt_version = observed_version(&kubevirt).map(str::to_owned);
        faults.extend(immature(&kubevirt));
    }
    verdict.storage_classes = kept(classes, faults).unwrap_or_default();
    verdict.nodes = kept(nodes, faults).unwrap_or_default();
    verdict.missing_rights = kept(rights, faults).unwrap_or_default();
    verdict
}

fn kept<T>(found: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    found.map_err(|fault| faults.push(fault)).ok()
}

async fn kubevirt(cluster: &Cluster) -> Result<Value, Fault> {
    let api: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &kubevirt::kubevirts());
    let all = ListParams::default();
    let list = cluster.call(Operation::VmRead, || api.list(&all)).await?;
    let found = list.items.into_iter().next().map(|found| found.data);
    found.ok_or_else(|| Fault::new(FaultCode::KubevirtMissing, "there is no KubeVirt resource"))
}

fn observed_version(kubevirt: &Value) -> Option<&str> {
    kubevirt["status"]["observedKubeVirtVersion"].as_str().filter(|version| !version.is_empty())
}

/// Why KubeVirt is there but cannot be used yet.
fn immature(kubevirt: &Value) -> Option<Fault> {
    let phase = kubevirt["status"]["phase"].as_str().unwrap_or_default();
    let words = match observed_version(kubevirt) {
        _ if !matches!(phase, "" | "Deployed") => format!("KubeVirt is {phase}"),
        None => "KubeVirt's operator has not reported a version".to_owned(),
        Some(_) => return None,
    };
    Some(Fault::new(FaultCode::KubevirtMissing, words))
}

fn feature_gates(kubevirt: &Value) -> std::collections::BTreeSet<String> {
    let developer = &kubevirt["spec"]["configuration"]["developerConfiguration"];
    let on = developer["featureGates"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let minor = observed_version(kubevirt).and_then(minor_of_one);
    let graduated = GRADUATED.iter().filter(|(since, _)| minor.is_some_and(|minor| minor >= *since));
    on.chain(graduated.map(|(_, gate)| *gate)).map(str::to_owned).collect()
}

/// Minor of `v1.<minor>.<patch>`.
fn minor_of_one(version: &str) -> Option<u32> {
    version.trim_start_matches('v').strip_prefix("1.")?.split('.').next()?.parse().ok()
}

async fn storage_classes(cluster: &Cluster) -> Result<Vec<StorageClass>, Fault> {
    let api: Api<Class> = Api::all(cluster.client.clone());
    let all = ListParams::default();
    let list = cluster.call(Operation::Check, || api.list(&all)).await?;
    let classes = list.items.into_iter().map(|class| StorageClass {
        default: class
            .metadata
            .annotations
            .iter()
            .flatten()
            .any(|(key, value)| key == DEFAULT_CLASS && value == "true"),
        name: kubevirt::text(class.metadata.name.as_ref()),
    });
    Ok(classes.collect())
}

async fn nodes(cluster: &Cluster) -> Result<NodeFacts, Fault> {
    let api: Api<Node> = Api::all(cluster.client.clone());
    let all = ListParams::default();
    let list = cluster.call(Operation::Check, || api.list(&all)).await?;
    let mut facts = NodeFacts { n_nodes: list.items.len(), ..NodeFacts::default() };
    for status in list.items.into_iter().filter_map(|node| node.status) {
        facts.architectures.extend(status.node_info.map(|info| info.architecture));
        for (resource, quantity) in status.allocatable.iter().flatten().filter(|(_, quantity)| quantity.0 != "0") {
            if let Some(size) = resource.strip_prefix("hugepages-") {
                facts.hugepages.insert(size.to_owned());
            } else if resource.contains('/') && !quantity.0.is_empty() {
                facts.devices.insert(resource.clone());
            }
        }
    }
    Ok(facts)
}

async fn missing_rights(cluster: &Cluster) -> Result<Vec<Right>, Fault> {
    let answers = stream::iter(rights::each().map(|right| async {
        let allowed = is_allowed(cluster, &right).await?;
        Ok((right, allowed))
    }));
    let answers: Vec<Result<(Right, bool), Fault>> = answers.buffered(QUESTIONS).collect().await;
    let answers: Vec<(Right, bool)> = answers.into_iter().collect::<Result<_, _>>()?;
    Ok(answers.into_iter().filter(|(_, allowed)| !allowed).map(|(right, _)| right).collect())
}

async fn is_allowed(cluster: &Cluster, right: &Right) -> Result<bool, Fault> {
    let api: Api<SelfSubjectAccessReview> = Api::all(cluster.client.clone());
    let attributes = ResourceAttributes {
        group: Some(right.group.clone()),
        resource: Some(right.resource.clone()),
        verb: Some(right.verb.clone()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
    let question = SelfSubjectAccessReview { spec, ..Default::default() };
    let params = PostParams::default();
    let answer = cluster.call(Operation::Check, || api.create(&params, &question)).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
