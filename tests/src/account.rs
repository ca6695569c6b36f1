//! Accounts on the cluster with roles of their own.

use anyhow::Context as _;
use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::environment::variable;
use crate::kubernetes::{Kubernetes, create, resource};

const ROLES: &str = "rbac.authorization.k8s.io";

/// An account that a registered cluster can be reached by.
pub struct Account {
    name: String,
    /// The run's worker kubeconfig with this account's token.
    pub kubeconfig: String,
}

impl Kubernetes {
    /// Makes an account whose only rights are `rules`.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn account(&self, namespace: &str, rules: &[Value]) -> anyhow::Result<Account> {
        let name = format!("account-{}", Uuid::new_v4().simple());
        let accounts = resource("", "v1", "ServiceAccount", "serviceaccounts");
        let accounts: Api<DynamicObject> = Api::namespaced_with(self.0.clone(), namespace, &accounts);
        create(&accounts, json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})).await?;
        self.permit(&name, rules).await?;
        let bindings = resource(ROLES, "v1", "ClusterRoleBinding", "clusterrolebindings");
        let binding = json!({
            "apiVersion": format!("{ROLES}/v1"), "kind": "ClusterRoleBinding", "metadata": {"name": name},
            "roleRef": {"apiGroup": ROLES, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
        });
        create(&Api::all_with(self.0.clone(), &bindings), binding).await?;
        let order = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600},
        });
        let token: Value = accounts.create_subresource("token", &name, &PostParams::default(), &order).await?;
        let mut config: Value =
            serde_saphyr::from_str(&std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?)?;
        config["users"][0]["user"]["token"] = token["status"]["token"].clone();
        let account = Account { name, kubeconfig: config.to_string() };
        if let Some(last) = rights(rules).last() {
            self.may(namespace, &account, last, true).await?;
        }
        Ok(account)
    }

    /// Leaves an account everything but one right, and waits until that counts.
    ///
    /// # Errors
    /// When the cluster refuses it.
    pub async fn forbid(&self, namespace: &str, account: &Account, rules: &[Value], right: &str) -> anyhow::Result<()> {
        self.permit(&account.name, &without(rules, right)).await?;
        self.may(namespace, account, right, false).await
    }

    async fn permit(&self, role: &str, rules: &[Value]) -> anyhow::Result<()> {
        let roles = resource(ROLES, "v1", "ClusterRole", "clusterroles");
        let api: Api<DynamicObject> = Api::all_with(self.0.clone(), &roles);
        let wanted = json!({
            "apiVersion": format!("{ROLES}/v1"), "kind": "ClusterRole", "metadata": {"name": role}, "rules": rules,
        });
        api.patch(role, &PatchParams::apply("tests"), &Patch::Apply(wanted)).await?;
        Ok(())
    }

    /// Waits until the API server judges a right so.
    async fn may(&self, namespace: &str, account: &Account, right: &str, allowed: bool) -> anyhow::Result<()> {
        let [verb, plural, group] = parts(right)?;
        let kind = resource("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews");
        let api: Api<DynamicObject> = Api::all_with(self.0.clone(), &kind);
        let review: DynamicObject = serde_json::from_value(json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {},
            "spec": {
                "user": format!("system:serviceaccount:{namespace}:{}", account.name),
                "resourceAttributes": {"verb": verb, "resource": plural, "group": group},
            },
        }))?;
        crate::until("the API server to know the role", async || {
            let answer = api.create(&PostParams::default(), &review).await?;
            Ok((answer.data["status"]["allowed"] == allowed).then_some(()))
        })
        .await
    }
}

/// Rules of the role that `deploy/` gives to the worker.
///
/// # Errors
/// When the file holds no such role.
pub fn documented_rules() -> anyhow::Result<Vec<Value>> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(include_str!("../../deploy/cluster/worker-rbac.yaml"))?;
    let role = documents.iter().find(|document| document["kind"] == "ClusterRole").context("ClusterRole")?;
    Ok(role["rules"].as_array().context("rules")?.clone())
}

/// Each right of some rules: verb, resource and group.
pub fn rights(rules: &[Value]) -> Vec<String> {
    let mut rights = Vec::new();
    for rule in rules {
        for group in words(&rule["apiGroups"]) {
            for plural in words(&rule["resources"]) {
                rights.extend(words(&rule["verbs"]).map(|verb| format!("{verb} {plural} {group}").trim().to_owned()));
            }
        }
    }
    rights
}

/// The same rules with one right less.
fn without(rules: &[Value], right: &str) -> Vec<Value> {
    let mut rules = rules.to_vec();
    for rule in &mut rules {
        let one = |verb: &str| {
            rights(&[json!({
                "apiGroups": rule["apiGroups"], "resources": rule["resources"], "verbs": [verb],
            })])
        };
        let kept: Vec<_> = words(&rule["verbs"]).filter(|verb| one(verb) != [right]).map(str::to_owned).collect();
        rule["verbs"] = json!(kept);
    }
    rules.retain(|rule| rule["verbs"].as_array().is_some_and(|verbs| !verbs.is_empty()));
    rules
}

fn parts(right: &str) -> anyhow::Result<[&str; 3]> {
    let mut words = right.split(' ');
    let verb = words.next().context("verb")?;
    Ok([verb, words.next().context("resource")?, words.next().unwrap_or_default()])
}

fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
