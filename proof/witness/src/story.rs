//! The whole story of a ticket, from all sources in the order of time.

use chrono::{DateTime, Utc};
use std::fmt::Write as _;
use uuid::Uuid;

use crate::client::{Call, Outcome};
use crate::cluster::ClusterCall;
use crate::evidence::Evidence;

type Line = (DateTime<Utc>, &'static str, String);

/// What every source says of a ticket, line by line, with the disturbances in between.
pub fn story(evidence: &Evidence, ticket: Uuid) -> String {
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(evidence.calls.iter().filter(|call| is_about(call, ticket, evidence)).map(client));
    for record in evidence.records_of(ticket) {
        let details = format!("{} {} by {}: {}", record.action, record.outcome, record.actor_name, record.details);
        lines.push((record.at, "audit", details));
    }
    for event in evidence.database.events.iter().filter(|event| event.resource_id == ticket) {
        lines.push((event.created_at, "database", format!("{} is {}", event.kind, event.state)));
    }
    let row = evidence.database.tickets.iter().find(|row| row.id == ticket);
    for call in row.map(|row| evidence.cluster_of(row)).unwrap_or_default() {
        let ClusterCall { verb, path, .. } = call;
        let (status, uid) = (call.status.unwrap_or_default(), call.uid.as_deref().unwrap_or("-"));
        let words = format!("#{} {verb} {path}: {} {status}, {} ms, uid {uid}", call.seq, call.outcome, call.ms);
        lines.push((call.at, "cluster", words));
    }
    let (first, last) = (lines.iter().map(|line| line.0).min(), lines.iter().map(|line| line.0).max());
    let within = |at: DateTime<Utc>| Some(at) >= first && Some(at) <= last;
    lines.extend(evidence.faults.iter().filter(|fault| within(fault.at)).map(|f| (f.at, "fault", f.what.clone())));
    lines.push((evidence.run.quiet_at, "driver", "quiet: no disturbance from here on".to_owned()));
    lines.sort_by_key(|line| line.0);
    let mut text = format!("ticket {ticket}\n");
    for (at, source, words) in lines {
        let _ = writeln!(text, "  {} {source:<8} {words}", at.format("%H:%M:%S%.6f"));
    }
    let rows = [
        ("ticket", row.map(serde_json::to_string)),
        ("request", evidence.request_of(ticket).map(serde_json::to_string)),
        ("vm", evidence.vm_of(ticket).map(serde_json::to_string)),
    ];
    for (name, row) in rows.into_iter().filter_map(|(name, row)| Some((name, row?.ok()?))) {
        let _ = writeln!(text, "  finally  database {name} {row}");
    }
    text
}

fn client(call: &Call) -> Line {
    let outcome = match &call.outcome {
        Outcome::Answered { status, answer } => format!("{status} {answer}"),
        Outcome::Unknown { cause } => format!("unknown: {cause}"),
    };
    let key = call.key.as_deref().unwrap_or("-");
    let words = format!(
        "#{} {} by {}, key {key}, until {}: {outcome}",
        call.id,
        call.operation,
        call.actor,
        call.ended_at.format("%H:%M:%S%.6f")
    );
    (call.started_at, "client", words)
}

/// Whether a call was about a ticket, or tried to make it with the key that made it.
fn is_about(call: &Call, ticket: Uuid, evidence: &Evidence) -> bool {
    let made_by = |key: &str| {
        let mut keys = evidence.database.keys.iter();
        keys.any(|row| row.key == key && row.principal_id == call.actor && row.resource_id == ticket)
    };
    call.ticket() == Some(ticket) || call.key.as_deref().is_some_and(made_by)
}
