//! What the product says when the worker's account lacks one of the documented rights.

use serde_json::{Value, json};
use shepherd_tests::account::{Account, documented_rules, rights};
use shepherd_tests::client::text;
use shepherd_tests::{Kubernetes, World, until};
use std::collections::BTreeSet;

use super::step;

/// What a run does without a right: how the machine is treated, the step that says so and its code, and whether
/// the undo works without it.
#[rustfmt::skip] // one right, one line
const RUNS: &[(&str, &str, &str, &str, &str)] = &[
    ("get namespaces", "", "ensure_namespace", "NAMESPACE_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("create namespaces", "", "ensure_namespace", "NAMESPACE_PERMISSION_DENIED", "FAILED"),
    ("delete namespaces", "reject", "remove_namespace", "NAMESPACE_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("list pods", "reject", "remove_namespace", "NAMESPACE_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("get virtualmachines kubevirt.io", "reject", "apply_vm", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("list virtualmachines kubevirt.io", "reject", "remove_namespace", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("watch virtualmachines kubevirt.io", "crash_after_start", "remove_vm", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("create virtualmachines kubevirt.io", "", "apply_vm", "CLUSTER_PERMISSION_DENIED", "FAILED"),
    ("delete virtualmachines kubevirt.io", "crash_after_start", "remove_vm", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("list virtualmachineinstances kubevirt.io", "reject", "remove_namespace", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("list datavolumes cdi.kubevirt.io", "reject", "remove_vm", "CLUSTER_PERMISSION_DENIED", "NEEDS_OPERATOR"),
    ("list events", "crash_after_start", "await_vm_ready", "VM_START_FAILED", "FAILED"),
];

/// Rights whose absence only the check tells, because an ordinary run does without them.
const CHECKED: &[&str] = &[
    "patch virtualmachines kubevirt.io",
    "list namespaces",
    "watch namespaces",
    "get virtualmachineinstances kubevirt.io",
    "watch virtualmachineinstances kubevirt.io",
    "get datavolumes cdi.kubevirt.io",
    "watch datavolumes cdi.kubevirt.io",
    "delete datavolumes cdi.kubevirt.io",
    "get storageclasses storage.k8s.io",
    "list storageclasses storage.k8s.io",
    "list nodes",
    "get kubevirts kubevirt.io",
    "list kubevirts kubevirt.io",
];

/// Registers the cluster once more, by that account, and answers its path.
async fn register(world: &World, name: &str, account: &Account) -> anyhow::Result<String> {
    let body = json!({"name": name, "environment": "test", "kubeconfig": account.kubeconfig});
    let made = world.admin.post("/clusters", &body).await?.expect(202)?;
    Ok(format!("/clusters/{}", text(&made, "id")?))
}

/// Waits until a cluster is checked.
async fn checked(world: &World, path: &str) -> anyhow::Result<Value> {
    until("the cluster's check", async || {
        let cluster = world.admin.get(path).await?.expect(200)?;
        Ok((cluster["status"] != "UNKNOWN").then_some(cluster))
    })
    .await
}

#[tokio::test]
async fn the_check_names_the_rights_of_each_rule_that_is_missing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.namespace(&world.namespace_name).await?;
    let rules = documented_rules()?;
    let mut registered = Vec::new();
    for gone in 0..rules.len() {
        let mut others = rules.clone();
        let rule = others.remove(gone);
        let account = cluster.account(&world.namespace_name, &others).await?;
        registered.push((rule, register(&world, &format!("without-{gone}"), &account).await?));
    }
    for (rule, path) in registered {
        let seen = checked(&world, &path).await?;
        let missing = seen["verdict"]["missing_rights"].as_array().into_iter().flatten().map(|right| {
            let word = |name: &str| right[name].as_str().unwrap_or_default();
            format!("{} {} {}", word("verb"), word("resource"), word("group")).trim().to_owned()
        });
        let (missing, gone): (BTreeSet<_>, BTreeSet<_>) = (missing.collect(), rights(&[rule]).into_iter().collect());
        assert_eq!(missing, gone);
        assert_eq!((&seen["status"], &seen["usable"]), (&json!("UNHEALTHY"), &json!(false)), "{seen}");
    }
    Ok(())
}

#[tokio::test]
async fn a_run_without_a_right_says_which_step_lacks_it() -> anyhow::Result<()> {
    let rules = documented_rules()?;
    let cases: BTreeSet<_> = RUNS.iter().map(|case| case.0).chain(CHECKED.iter().copied()).collect();
    let documented = rights(&rules);
    assert_eq!(cases, documented.iter().map(String::as_str).collect(), "each documented right has one case");

    let world = World::start().await?;
    let cluster = Kubernetes::of_run().await?;
    cluster.namespace(&world.namespace_name).await?;
    let mut registered = Vec::new();
    for (right, behaviour, ..) in RUNS {
        let account = cluster.account(&world.namespace_name, &rules).await?;
        let path = register(&world, &format!("c-{}", registered.len()), &account).await?;
        registered.push((*right, *behaviour, account, path));
    }
    let mut tickets = Vec::new();
    for (right, behaviour, account, path) in registered {
        let seen = checked(&world, &path).await?;
        assert_eq!(seen["status"], "HEALTHY", "{seen}");
        cluster.forbid(&world.namespace_name, &account, &rules, right).await?;
        let name = format!("{}{:02}", world.namespace_name, tickets.len());
        if !behaviour.is_empty() {
            cluster.behave(&name, behaviour).await?;
        }
        tickets.push(run(&world, &name, &seen["id"]).await?);
    }
    for ((right, _, at, code, end), path) in RUNS.iter().zip(tickets) {
        let ended = until(right, async || {
            let seen = world.requester.get(&path).await?.expect(200)?;
            let over = ["FAILED", "SUCCESS"].iter().any(|state| seen["state"] == *state);
            Ok((over || seen["run_state"] == "NEEDS_OPERATOR").then_some(seen))
        })
        .await?;
        let state = if ended["run_state"].is_null() { &ended["state"] } else { &ended["run_state"] };
        let failed = step(&ended, at);
        let told = (state, &failed["state"], &failed["fault"]["code"]);
        assert_eq!(told, (&json!(end), &json!("FAILED"), &json!(code)), "without {right}: {ended}");
    }
    Ok(())
}

/// Approves a VM in a namespace of its own and answers the ticket's path.
async fn run(world: &World, name: &str, cluster: &Value) -> anyhow::Result<String> {
    let namespace = json!({"name": name, "environment": "test"});
    let namespace = world.admin.post("/namespaces", &namespace).await?.expect(201)?;
    let mut request = world.request();
    request["namespace_id"] = namespace["id"].clone();
    let ticket = world.requester.post("/tickets", &request).await?.expect(202)?;
    let path = format!("/tickets/{}", text(&ticket, "id")?);
    let choice = json!({"cluster_id": cluster});
    let preview = world.approver.post(&format!("{path}/preview"), &choice).await?.expect(200)?;
    let approval = json!({"cluster_id": cluster, "digest": preview["digest"]});
    world.approver.post(&format!("{path}/approve"), &approval).await?.expect(202)?;
    Ok(path)
}
