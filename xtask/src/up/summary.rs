//! What `up` says at its end: to a person, and with `--once` to a program.

use serde_json::{Value, json};

use super::counts::{self, Witnesses};
use super::installation::Installation;
use crate::demo::{Driven, PEOPLE};
use crate::state::State;

/// What the audit of a request that went well tells, in this order.
const STORY: [&str; 4] = ["vm.request", "approval.approve", "execution.start", "execution.success"];

/// Labels every VM of ours carries.
const LABELS: [&str; 4] = [
    "kubevirt-shepherd.io/ticket-id",
    "kubevirt-shepherd.io/created-by",
    "kubevirt-shepherd.io/system",
    "kubevirt-shepherd.io/service",
];

pub fn json(installation: &Installation, driven: &Driven, offset: usize) -> Value {
    let witnesses = Witnesses {
        temporal_cli: &installation.temporal_cli,
        temporal_address: &installation.temporal_address,
        journal: installation.journal.as_deref(),
    };
    let Driven { ticket, vm, audit, .. } = driven;
    let id = ticket["id"].as_str().unwrap_or_default();
    let kubernetes = counts::kubernetes(&witnesses, offset, vm["namespace"].as_str().unwrap_or_default());
    let steps = ticket["steps"].as_array().cloned().unwrap_or_default();
    let steps: Vec<Value> = steps
        .iter()
        .map(|step| json!({"name": step["name"], "state": step["state"], "seconds": step["seconds"]}))
        .collect();
    json!({
        "ticket": {"id": id, "state": ticket["state"], "steps": steps},
        "vm": {
            "name": vm["name"], "namespace": vm["namespace"], "cluster": installation.cluster,
            "state": vm["state"], "labels": vm["labels"],
        },
        "audit": audit,
        "counts": {
            "submit_round_trips": counts::growth(&driven.metrics, "shepherd_db_round_trips_total"),
            "submit_commits": counts::growth(&driven.metrics, "shepherd_db_commits_total"),
            "temporal_events": counts::temporal_events(&witnesses, id),
            "kubernetes_mutations": kubernetes["mutations"],
            "kubernetes_polls": kubernetes["polls"],
        },
        "seconds": {
            "build": rounded(installation.build_seconds),
            "start": rounded(installation.start_seconds),
            "ticket": rounded(driven.seconds),
        },
        "urls": urls(installation),
    })
}

/// What is wrong with a request that should have gone well.
pub fn complaints(summary: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    if summary["vm"]["state"] != "RUNNING" {
        complaints.push(format!("the VM is {}", summary["vm"]["state"]));
    }
    if summary["ticket"]["state"] != "SUCCESS" {
        complaints.push(format!("the ticket is {}", summary["ticket"]["state"]));
    }
    let lacking = LABELS.iter().filter(|label| summary["vm"]["labels"][**label].is_null());
    complaints.extend(lacking.map(|label| format!("the VM lacks the label {label}")));
    let actions: Vec<&str> = summary["audit"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut told = actions.iter();
    for action in STORY {
        if !told.any(|told| *told == action) {
            complaints.push(format!("the audit lacks {action} at its place: {}", actions.join(", ")));
        }
    }
    complaints
}

pub fn print(installation: &Installation, state: &State, driven: Option<&Driven>, seconds: f64) {
    let url = &installation.server.url;
    println!("\nReady after {seconds:.1} s\n");
    println!("  Console and API   {url}/");
    println!("  API description   {url}/docs");
    println!("  Temporal UI       {}", workflows(installation));
    println!("\nAccounts (kept in .dev/state.json)\n");
    for (username, _, role, does) in PEOPLE {
        if let Some(account) = state.accounts.get(username) {
            println!("  {username:<10} {}   {role:<9} {does}", account.password);
        }
    }
    if let Some(driven) = driven {
        print_request(url, state, driven);
    }
    println!();
}

fn print_request(url: &str, state: &State, driven: &Driven) {
    let id = driven.ticket["id"].as_str().unwrap_or_default();
    let password = |username: &str| state.accounts.get(username).map_or("", |account| account.password.as_str());
    let token = |username: &str, variable: &str| {
        let body = json!({"username": username, "password": password(username)});
        println!("  {variable}=$(curl -s {url}/api/v1/auth/token -H 'content-type: application/json' \\");
        println!("    -d '{body}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')");
    };
    println!("\nThe request that was driven: ticket {id} is {}, again by hand\n", driven.ticket["state"]);
    token("requester", "R");
    println!("  curl -s {url}/api/v1/tickets -H \"authorization: Bearer $R\" -H 'content-type: application/json' \\");
    println!("    -H \"idempotency-key: $(date +%s)\" -d '{}'", driven.body);
    token("approver", "A");
    let cluster = json!({"cluster_id": driven.decision["cluster_id"]});
    println!("  curl -s {url}/api/v1/tickets/TICKET/preview -H \"authorization: Bearer $A\" \\");
    println!("    -H 'content-type: application/json' -d '{cluster}'");
    println!("  curl -s {url}/api/v1/tickets/TICKET/approve -H \"authorization: Bearer $A\" \\");
    println!("    -H 'content-type: application/json' -H \"idempotency-key: $(date +%s)\" -d '{}'", driven.decision);
    println!("  curl -s {url}/api/v1/tickets/{id} -H \"authorization: Bearer $R\"");
}

fn urls(installation: &Installation) -> Value {
    json!({"console": installation.server.url, "temporal": workflows(installation)})
}

fn workflows(installation: &Installation) -> String {
    match installation.temporal_ui.as_str() {
        "" => format!("of {}", installation.temporal_address),
        ui => format!("{ui}/namespaces/shepherd/workflows"),
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
