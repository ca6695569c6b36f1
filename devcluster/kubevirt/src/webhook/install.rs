//! The two webhook configurations, replaced at each start, and the proof that the API server follows them.

use std::time::Duration;

use anyhow::Context as _;
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use kube::Client;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::behaviour::NAMESPACE;
use crate::kinds::Machine;
use crate::webhook::{MUTATE_PATH, VALIDATE_PATH};

const LONGEST: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(25);

pub async fn install(client: &Client, url: &str, authority_pem: &str) -> Result<(), kube::Error> {
    let as_operator = PatchParams::apply("virt-operator").force();
    let authority = json!(ByteString(authority_pem.as_bytes().to_vec()));
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let hook = webhook("virtualmachines-mutator.kubevirt.io", url, MUTATE_PATH, &authority);
    let wanted = configuration("MutatingWebhookConfiguration", "virt-api-mutator", &hook);
    mutating.patch("virt-api-mutator", &as_operator, &Patch::Apply(wanted)).await?;
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let hook = webhook("virtualmachine-validator.kubevirt.io", url, VALIDATE_PATH, &authority);
    let wanted = configuration("ValidatingWebhookConfiguration", "virt-api-validator", &hook);
    validating.patch("virt-api-validator", &as_operator, &Patch::Apply(wanted)).await?;
    Ok(())
}

fn configuration(kind: &str, name: &str, webhook: &Value) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name, "labels": {"kubevirt.io": name}},
        "webhooks": [webhook],
    })
}

fn webhook(name: &str, url: &str, path: &str, authority: &Value) -> Value {
    json!({
        "name": name,
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 5,
        "clientConfig": {"url": format!("{url}{path}"), "caBundle": authority},
        "rules": [{
            "apiGroups": ["kubevirt.io"],
            "apiVersions": ["v1", "v1alpha3"],
            "operations": ["CREATE", "UPDATE"],
            "resources": ["virtualmachines"],
        }],
    })
}

/// The API server takes up a configuration a moment after it is stored.
pub async fn wait_until_asked(client: &Client) -> anyhow::Result<()> {
    let both = async {
        while !is_asked(client).await {
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::time::timeout(LONGEST, both).await.context("the API server does not ask the webhooks")
}

/// Two creations that are not meant: one must come back with defaults, the other be refused by us.
async fn is_asked(client: &Client) -> bool {
    let machines: Api<Machine> = Api::namespaced(client.clone(), NAMESPACE);
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let good = machines.create(&dry, &probe(Some("Halted"))).await;
    let mutated = good.is_ok_and(|made| made.spec.template.spec.pointer("/domain/machine/type").is_some());
    let bad = machines.create(&dry, &probe(None)).await;
    let validated = bad.is_err_and(|error| error.to_string().contains("virtualmachine-validator"));
    mutated && validated
}

fn probe(run_strategy: Option<&str>) -> Machine {
    let metadata = ObjectMeta { name: Some("webhook-probe".to_owned()), ..ObjectMeta::default() };
    let mut machine = Machine::new(metadata, Default::default());
    machine.spec.run_strategy = run_strategy.map(str::to_owned);
    machine.spec.template.spec = json!({"domain": {"devices": {}, "memory": {"guest": "64Mi"}}});
    machine
}
