//! Named scenarios of a watch against a scripted API server.

use std::time::Duration;

use kube::api::ListParams;
use serde_json::{Value, json};
use shepherd_domain::fault::Fault;
use tokio::time::timeout;

use super::super::cluster::Cluster;
use super::super::kubevirt::Vm;
use super::super::script::{Journal, client, denial, error};
use super::{FIRST_DELAY, Follow, LONGEST_DELAY, Seen, delay};

fn vm(name: &str, version: u32) -> Value {
    json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
        "metadata": {"name": name, "resourceVersion": version.to_string()}, "spec": {}})
}

fn event(kind: &str, name: &str, version: u32) -> Value {
    json!({"type": kind, "object": vm(name, version)})
}

fn bookmark(version: u32, is_end: bool) -> Value {
    let annotations = if is_end { json!({"k8s.io/initial-events-end": "true"}) } else { json!({}) };
    json!({"type": "BOOKMARK", "object": {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
        "metadata": {"resourceVersion": version.to_string(), "annotations": annotations}}})
}

fn listing(name: &str, version: u32) -> (u16, Vec<Value>) {
    (200, vec![event("ADDED", name, version), bookmark(version, true)])
}

struct Scenario {
    watch: Follow<Vm>,
    journal: Journal,
}

impl Scenario {
    fn new(answers: Vec<(u16, Vec<Value>)>) -> Self {
        let (client, journal) = client(answers);
        let cluster = Cluster::over(client);
        let watch = Follow::new(&cluster, cluster.vms("n"), ListParams::default().fields("metadata.name=a"));
        Self { watch, journal }
    }

    /// What is seen until the server falls silent; a fault is its code, with `?` if it may pass.
    async fn story(&mut self) -> String {
        let mut words = Vec::new();
        while let Ok(next) = timeout(Duration::from_secs(1), self.watch.next()).await {
            words.push(word(next));
        }
        words.join(" ")
    }
}

fn word(next: Result<Seen<Vm>, Fault>) -> String {
    let name = |vm: Vm| vm.metadata.name.unwrap_or_default();
    match next {
        Ok(Seen::Listing) => "listing".to_owned(),
        Ok(Seen::Here(vm)) => format!("+{}", name(vm)),
        Ok(Seen::Gone(vm)) => format!("-{}", name(vm)),
        Ok(Seen::Synced) => "synced".to_owned(),
        Err(fault) => format!("{}{}", fault.code, if fault.retryable { "?" } else { "" }),
    }
}

#[tokio::test]
async fn dropped_watch_goes_on_at_the_last_bookmark() {
    let first = vec![event("ADDED", "a", 5), bookmark(9, true), event("MODIFIED", "a", 11), bookmark(20, false)];
    let mut scenario = Scenario::new(vec![(200, first), (200, vec![event("DELETED", "a", 21)])]);
    assert_eq!(scenario.story().await, "listing +a synced +a -a");
    let lines = scenario.journal.lines();
    assert!(lines[0].contains("sendInitialEvents=true") && lines[0].ends_with("resourceVersion="), "{lines:?}");
    assert!(lines[1].ends_with("resourceVersion=20") && !lines[1].contains("sendInitialEvents"), "{lines:?}");
    assert!(lines[2].ends_with("resourceVersion=21") && lines.iter().all(|line| line.contains("watch=true")));
}

#[tokio::test]
async fn expired_version_leads_to_a_new_listing() {
    let gone = error(410, "Expired", "too old resource version");
    let in_stream = vec![json!({"type": "ERROR", "object": gone.clone()})];
    let answers = vec![listing("a", 5), (200, in_stream), listing("b", 9), (410, vec![gone]), listing("c", 12)];
    let mut scenario = Scenario::new(answers);
    assert_eq!(scenario.story().await, "listing +a synced listing +b synced listing +c synced");
}

#[tokio::test]
async fn listing_that_breaks_begins_anew() {
    let mut scenario = Scenario::new(vec![(200, vec![event("ADDED", "a", 5)]), listing("a", 7)]);
    assert_eq!(scenario.story().await, "listing +a listing +a synced");
}

#[tokio::test]
async fn server_without_streamed_lists_is_listed_page_by_page() {
    let page = |name: &str, token: &str| {
        json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineList", "items": [vm(name, 3)],
            "metadata": {"resourceVersion": "30", "continue": token}})
    };
    let refusal = error(422, "Invalid", "sendInitialEvents is forbidden unless the WatchList feature gate is enabled");
    let answers = vec![(422, vec![refusal]), (200, vec![page("a", "more")]), (200, vec![page("b", "")])];
    let mut scenario = Scenario::new(answers);
    assert_eq!(scenario.story().await, "listing +a +b synced");
    let lines = scenario.journal.lines();
    assert!(lines[2].contains("continue=more") && lines[3].ends_with("resourceVersion=30"), "{lines:?}");
}

#[tokio::test]
async fn denial_of_a_server_that_is_not_ready_passes() {
    let mut scenario =
        Scenario::new(vec![(403, vec![denial()]), (403, vec![denial()]), (500, vec![]), listing("a", 5)]);
    assert_eq!(scenario.story().await, "CLUSTER_PERMISSION_DENIED? CLUSTER_PERMISSION_DENIED? listing +a synced");
}

#[tokio::test]
async fn denial_that_a_ready_server_repeats_stands() {
    let mut scenario = Scenario::new(vec![(403, vec![denial()]), (403, vec![denial()]), (200, vec![json!("ok")])]);
    assert!(scenario.story().await.ends_with("CLUSTER_PERMISSION_DENIED"));
}

#[tokio::test]
async fn call_is_repeated_when_a_ready_server_denied_it() {
    let list = json!({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineList", "items": [], "metadata": {}});
    let (client, journal) = client(vec![(403, vec![denial()]), (200, vec![json!("ok")]), (200, vec![list])]);
    let cluster = Cluster::over(client);
    let (api, all) = (cluster.vms("n"), ListParams::default());
    let answer = cluster.call(super::Operation::VmRead, || api.list(&all)).await;
    assert!(answer.is_ok_and(|list| list.items.is_empty()));
    assert!(journal.lines()[1].ends_with("/readyz"));
}

#[test]
fn delays_grow_to_a_limit() {
    assert_eq!(delay(0), Duration::ZERO);
    assert!(delay(1) <= FIRST_DELAY);
    assert!(delay(4) > delay(1));
    assert!((LONGEST_DELAY / 2..=LONGEST_DELAY).contains(&delay(u32::MAX)));
}
