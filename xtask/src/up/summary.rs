//! What `up` says at its end: to a person, and with `--once` to a program.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::counts::{self, Witnesses};
use super::installation::Installation;
use crate::demo::{Driven, PEOPLE};
use crate::state::{Account, State};

/// What the audit of a request that went well tells, in this order.
const STORY: [&str; 4] = ["vm.request", "approval.approve", "execution.start", "execution.success"];

/// Labels every VM of ours carries.
const LABELS: [&str; 7] = ["managed-by", "system", "service", "instance", "ticket-id", "created-by", "hostname"];

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
        .map(|step| json!({"name": step["name"], "state": step["state"], "seconds": seconds_of(step)}))
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
    let labels = LABELS.iter().map(|label| format!("kubevirt-shepherd.io/{label}"));
    let lacking = labels.filter(|label| summary["vm"]["labels"][label].is_null());
    complaints.extend(lacking.map(|label| format!("the VM lacks the label {label}")));
    let actions: Vec<&str> = summary["audit"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut told = actions.iter();
    if !STORY.iter().all(|action| told.any(|told| told == action)) {
        complaints.push(format!("the audit tells another story: {}", actions.join(", ")));
    }
    complaints
}

pub fn print(installation: &Installation, state: &State, driven: Option<&Driven>, seconds: f64) {
    let url = &installation.server.url;
    println!("\nReady after {seconds:.1} s\n");
    println!("  Console           {url}");
    println!("  API               {url}/api/v1");
    println!("  API description   {url}/api/docs");
    println!("  Temporal UI       {}", workflows(installation));
    match &installation.server.setup_token {
        // Nobody was made: whoever has the token makes the first administrator.
        Some(token) if state.accounts.is_empty() => {
            println!("\nNot set up yet\n");
            println!("  Set-up token      {token}");
            println!("  Cluster to enter  {}", installation.kubeconfig.display());
        }
        _ => print_accounts(&state.accounts),
    }
    if let Some(driven) = driven {
        request_lines(url, &state.accounts, driven).iter().for_each(|line| println!("{line}"));
    }
    println!();
}

/// Those that a run of `up` has made; those of the console are known to their owners only.
fn print_accounts(accounts: &BTreeMap<String, Account>) {
    if accounts.is_empty() {
        return;
    }
    println!("\nAccounts (kept in .dev/state.json)\n");
    for (username, _, role, does) in PEOPLE {
        if let Some(account) = accounts.get(username) {
            println!("  {username:<10} {}   {role:<9} {does}", account.password);
        }
    }
}

/// What became of the request and, if this `up` drove all of it, the same again as commands.
fn request_lines(url: &str, accounts: &BTreeMap<String, Account>, driven: &Driven) -> Vec<String> {
    let id = driven.ticket["id"].as_str().unwrap_or_default();
    let ticket_state = &driven.ticket["state"];
    if !driven.ours {
        return vec![format!("\nThe request that was under way: ticket {id} is {ticket_state}")];
    }
    let mut lines = vec![format!("\nThe request that was driven: ticket {id} is {ticket_state}, again by hand\n")];
    let password = |username: &str| accounts.get(username).map_or("", |account| account.password.as_str());
    let token = |username: &str, variable: &str| {
        let body = json!({"username": username, "password": password(username)});
        [
            format!("  {variable}=$(curl -s {url}/api/v1/auth/token -H 'content-type: application/json' \\"),
            format!("    -d '{body}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"),
        ]
    };
    lines.extend(token("requester", "R"));
    lines.push(format!(
        "  T=$(curl -s {url}/api/v1/tickets -H \"authorization: Bearer $R\" -H 'content-type: application/json' \\"
    ));
    let of = |name: &str| format!("sed 's/.*\"{name}\":\"\\([^\"]*\\)\".*/\\1/'");
    lines.push(format!("    -H \"idempotency-key: $(date +%s)\" -d '{}' | {})", driven.body, of("id")));
    lines.extend(token("approver", "A"));
    let cluster = json!({"cluster_id": driven.decision["cluster_id"]});
    lines.push(format!("  D=$(curl -s {url}/api/v1/tickets/$T/preview -H \"authorization: Bearer $A\" \\"));
    lines.push(format!("    -H 'content-type: application/json' -d '{cluster}' | {})", of("digest")));
    lines.push(format!("  curl -s {url}/api/v1/tickets/$T/approve -H \"authorization: Bearer $A\" \\"));
    let decision = json!({"cluster_id": driven.decision["cluster_id"], "digest": "'\"$D\"'"}).to_string();
    // The quotes of the shell end around the variable, so that it is filled in.
    let decision = decision.replace("\\\"", "\"");
    lines.push(format!("    -H 'content-type: application/json' -H \"idempotency-key: $(date +%s)\" -d '{decision}'"));
    lines.push(format!("  curl -s {url}/api/v1/tickets/$T -H \"authorization: Bearer $R\""));
    lines
}

/// How long a step took that began and ended within a day.
fn seconds_of(step: &Value) -> Option<f64> {
    let begun = second_of_day(step["started_at"].as_str()?)?;
    let ended = second_of_day(step["ended_at"].as_str()?)?;
    Some(((ended - begun).rem_euclid(86_400.0) * 1000.0).round() / 1000.0)
}

/// Out of a time in UTC like `2026-11-21T10:30:05.25Z`.
fn second_of_day(time: &str) -> Option<f64> {
    let clock = time.split_once('T')?.1.trim_end_matches('Z');
    let mut parts = clock.split(':').map(|part| part.parse::<f64>().ok());
    Some(parts.next()?? * 3600.0 + parts.next()?? * 60.0 + parts.next()??)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{complaints, request_lines, seconds_of};
    use crate::demo::Driven;

    #[test]
    fn a_request_that_was_taken_up_is_not_told_as_commands() {
        let driven = |ours| Driven {
            ticket: json!({"id": "a", "state": "SUCCESS"}),
            vm: Value::Null,
            audit: Vec::new(),
            body: json!({"reason": "b"}),
            decision: if ours { json!({"cluster_id": "c", "digest": "d"}) } else { Value::Null },
            ours,
            seconds: 0.0,
            metrics: (String::new(), String::new()),
        };
        let told = |ours| request_lines("http://127.0.0.1:1", &BTreeMap::new(), &driven(ours)).join("\n");
        assert!(told(false).contains("ticket a") && !told(false).contains("curl") && !told(false).contains("null"));
        assert!(told(true).contains(r#"-d '{"cluster_id":"c","digest":"'"$D"'"}'"#), "{}", told(true));
    }

    #[test]
    fn a_step_over_midnight_took_two_and_a_half_seconds() {
        let step = json!({"started_at": "2026-11-21T23:59:58.5Z", "ended_at": "2026-11-22T00:00:01Z"});
        assert_eq!(seconds_of(&step), Some(2.5));
    }

    #[test]
    fn an_audit_that_tells_things_in_another_order_is_complained_of() {
        let labels = ["managed-by", "system", "service", "instance", "ticket-id", "created-by", "hostname"];
        let labels: serde_json::Map<_, _> =
            labels.iter().map(|label| (format!("kubevirt-shepherd.io/{label}"), json!("x"))).collect();
        let mut summary = json!({
            "vm": {"state": "RUNNING", "labels": labels},
            "ticket": {"state": "SUCCESS"},
            "audit": ["vm.request", "approval.approve", "execution.start", "vm.create", "execution.success"],
        });
        assert_eq!(complaints(&summary), Vec::<String>::new());
        summary["audit"] = json!(["approval.approve", "vm.request", "execution.start", "execution.success"]);
        assert_eq!(complaints(&summary).len(), 1);
    }
}
