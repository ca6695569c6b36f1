//! The one played node. Its lease is not kept: no node controller watches it here.

use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

pub const NAME: &str = "node01";

/// Creates the node or brings it up to date.
pub async fn register(client: &kube::Client) -> Result<(), kube::Error> {
    let nodes: Api<Node> = Api::all(client.clone());
    let as_kubelet = PatchParams::apply("kubelet").force();
    nodes.patch(NAME, &as_kubelet, &Patch::Apply(manifest())).await?;
    nodes.patch_status(NAME, &as_kubelet, &Patch::Apply(status())).await?;
    Ok(())
}

fn manifest() -> serde_json::Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NAME,
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": NAME,
                "kubernetes.io/os": "linux",
                "kubevirt.io/schedulable": "true",
                "node-role.kubernetes.io/worker": "",
            },
        },
        "spec": {"podCIDR": "10.244.0.0/16"},
    })
}

fn status() -> serde_json::Value {
    let resources = json!({
        "cpu": "256",
        "memory": "1Ti",
        "ephemeral-storage": "4Ti",
        "pods": "2000",
        "hugepages-2Mi": "64Gi",
        "hugepages-1Gi": "256Gi",
        "devices.kubevirt.io/kvm": "1k",
        "devices.kubevirt.io/tun": "1k",
        "devices.kubevirt.io/vhost-net": "1k",
    });
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": NAME},
        "status": {
            "capacity": resources,
            "allocatable": resources,
            "addresses": [
                {"type": "InternalIP", "address": "192.168.66.101"},
                {"type": "Hostname", "address": NAME},
            ],
            "conditions": [{
                "type": "Ready",
                "status": "True",
                "reason": "KubeletReady",
                "message": "kubelet is posting ready status",
            }],
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "", "containerRuntimeVersion": "containerd://2.1.0", "kernelVersion": "6.12.0",
                "kubeProxyVersion": "", "kubeletVersion": "v1.37.1", "machineID": "",
                "operatingSystem": "linux", "osImage": "Played", "systemUUID": "",
            },
        },
    })
}
