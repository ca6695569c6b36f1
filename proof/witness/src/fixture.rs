//! Evidence of a run in which everything held: one ticket of each kind, made for the tests of the invariants.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::audit::{Record, hash};
use crate::client::{Call, Outcome};
use crate::cluster::{ClusterCall, Machine};
use crate::database::{Binding, Database, Event, Key, Namespace, Order, Owned, Principal, Request, Step, Ticket, Vm};
use crate::evidence::{Evidence, Run};
use crate::invariants::Violation;
use crate::workflow::{Execution, Workflow};

pub(crate) const TENANT: Uuid = Uuid::from_u128(1);
pub(crate) const REQUESTER: Uuid = Uuid::from_u128(10);
pub(crate) const APPROVER: Uuid = Uuid::from_u128(11);
const ADMIN: Uuid = Uuid::from_u128(12);
const SYSTEM: Uuid = Uuid::from_u128(255);
const WORKSPACE: Uuid = Uuid::from_u128(2);
const CLUSTER: Uuid = Uuid::from_u128(3);
pub(crate) const FOREIGN: Uuid = Uuid::from_u128(66);
pub(crate) const SUCCESS: Uuid = Uuid::from_u128(101);
pub(crate) const FAILED: Uuid = Uuid::from_u128(102);
pub(crate) const REJECTED: Uuid = Uuid::from_u128(103);
pub(crate) const PENDING: Uuid = Uuid::from_u128(104);
pub(crate) const SECRET: &str = "canary-4711";
const NAMESPACE: &str = "shop-test";

/// The first finding of an invariant that says `words`.
pub(crate) fn finds(found: Vec<Violation>, invariant: &str, words: &str) {
    let hit = found.iter().any(|one| one.invariant == invariant && one.what.contains(words));
    assert!(hit, "no {words:?} in {found:#?}");
}

pub(crate) fn answered(status: u16, answer: Value) -> Outcome {
    Outcome::Answered { status, answer }
}

pub(crate) fn ticket(evidence: &mut Evidence, id: Uuid) -> &mut Ticket {
    evidence.database.tickets.iter_mut().find(|row| row.id == id).expect("ticket")
}

pub(crate) fn record<'a>(evidence: &'a mut Evidence, ticket: Uuid, action: &str) -> &'a mut Record {
    let mut records = evidence.audit.iter_mut();
    records.find(|record| record.ticket() == Some(ticket) && record.action == action).expect("record")
}

/// The machine's apply in the gateway's journal.
pub(crate) fn applied(evidence: &Evidence, ticket: Uuid) -> ClusterCall {
    let mut calls = evidence.cluster.iter();
    let seq = number(evidence.cluster.len());
    let found = calls.find(|call| call.ticket() == Some(ticket) && call.verb == "patch").expect("apply");
    ClusterCall { seq, ..found.clone() }
}

/// A further step in the records.
pub(crate) fn step<'a>(evidence: &'a mut Evidence, ticket: Uuid, name: &str, state: &str) -> &'a mut Record {
    let mut again = record(evidence, ticket, "execution.step").clone();
    again.id = Uuid::from_u128(9_000 + u128::from(number(evidence.audit.len())));
    again.details = json!({"step": name, "state": state});
    evidence.audit.push(again);
    evidence.audit.last_mut().expect("record")
}

pub(crate) fn event(evidence: &mut Evidence, ticket: Uuid, state: &str) {
    let id = i64::try_from(evidence.database.events.len()).unwrap_or_default() + 1;
    let created_at = evidence.database.read_at;
    let event = Event { id, kind: "ticket".to_owned(), resource_id: ticket, state: state.to_owned(), created_at };
    evidence.database.events.push(event);
}

/// A call at the end of the run.
pub(crate) fn call<'a>(
    evidence: &'a mut Evidence,
    actor: Uuid,
    operation: &str,
    subject: Option<Uuid>,
    status: u16,
    answer: Value,
) -> &'a mut Call {
    let id = number(evidence.calls.len());
    let started_at = evidence.run.quiet_at + TimeDelta::seconds(i64::try_from(id).unwrap_or_default());
    evidence.calls.push(Call {
        id,
        actor,
        operation: operation.to_owned(),
        subject,
        key: None,
        digest: format!("{operation} {subject:?}"),
        started_at,
        ended_at: started_at + TimeDelta::milliseconds(5),
        outcome: answered(status, answer),
    });
    evidence.calls.last_mut().expect("call")
}

/// The submit of a ticket, sent once more with its key.
pub(crate) fn repeat(evidence: &mut Evidence, ticket: Uuid) -> &mut Call {
    let mut again = evidence.calls.iter().find(|call| call.ticket() == Some(ticket)).expect("submit").clone();
    again.id = number(evidence.calls.len());
    again.started_at = evidence.run.quiet_at;
    again.ended_at = again.started_at + TimeDelta::milliseconds(5);
    evidence.calls.push(again);
    evidence.calls.last_mut().expect("call")
}

/// Number of the next of `n`.
fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or_default() + 1
}

/// Writes a run as it happens, a second between any two things.
struct Writer {
    evidence: Evidence,
    now: DateTime<Utc>,
}

pub(crate) fn good() -> Evidence {
    let now = DateTime::from_timestamp(1_700_000_000, 0).expect("time");
    let mut writer = Writer { evidence: empty(now), now };
    writer.record(None, "user.login", json!({}), REQUESTER, None);
    for (ticket, state) in [(SUCCESS, "SUCCESS"), (FAILED, "FAILED"), (REJECTED, "REJECTED"), (PENDING, "PENDING")] {
        writer.submit(ticket);
        match state {
            "SUCCESS" => writer.run(ticket, true),
            "FAILED" => writer.run(ticket, false),
            "REJECTED" => writer.reject(ticket),
            _ => {}
        }
    }
    let mut evidence = writer.evidence;
    evidence.run.quiet_at = writer.now;
    let exported = writer.now + TimeDelta::seconds(1);
    evidence.database.read_at = exported + TimeDelta::seconds(30);
    let export = call(&mut evidence, ADMIN, "audit_export", None, 200, Value::Null);
    (export.started_at, export.ended_at) = (exported, exported);
    evidence.audit = evidence.database.records.clone();
    evidence
}

/// Good evidence breaks nothing, and everything that is decided is.
#[test]
fn good_evidence_passes() {
    let verdict = crate::judge(&good()).expect("a verdict");
    assert_eq!(verdict.violations, []);
    assert!(verdict.undecided.iter().any(|what| what.contains("no earlier export")));
    let story = crate::story(&good(), SUCCESS);
    for source in ["client", "audit", "database", "cluster"] {
        assert!(story.contains(source), "{source} in {story}");
    }
}

#[test]
fn silence_proves_nothing() {
    for silence in [
        |evidence: &mut Evidence| evidence.calls.clear(),
        |evidence: &mut Evidence| evidence.audit.clear(),
        |evidence: &mut Evidence| evidence.cluster.clear(),
        |evidence: &mut Evidence| evidence.database.tickets.clear(),
    ] {
        let mut evidence = good();
        silence(&mut evidence);
        assert!(crate::judge(&evidence).is_err());
    }
}

fn empty(now: DateTime<Utc>) -> Evidence {
    let person = |id, kind: &str, created_by| {
        let username = format!("p{id}");
        Principal { tenant_id: TENANT, id, kind: kind.to_owned(), username, enabled: true, created_by }
    };
    let role = "Approver".to_owned();
    let binding = Binding { tenant_id: TENANT, principal_id: APPROVER, role, workspace_id: None, granted_by: ADMIN };
    let database = Database {
        read_at: now,
        principals: vec![
            person(REQUESTER, "USER", ADMIN),
            person(APPROVER, "USER", ADMIN),
            person(SYSTEM, "SYSTEM", SYSTEM),
        ],
        bindings: vec![binding],
        tickets: vec![],
        requests: vec![],
        steps: vec![],
        namespaces: vec![Namespace { id: Uuid::from_u128(4), physical_name: NAMESPACE.to_owned() }],
        vms: vec![],
        orders: vec![],
        keys: vec![],
        events: vec![],
        records: vec![],
        owned: vec![Owned { tenant_id: Uuid::from_u128(99), id: FOREIGN }],
    };
    Evidence {
        run: Run { started_at: now, quiet_at: now, recovery_seconds: 60 },
        calls: vec![],
        database,
        cluster: vec![],
        audit: vec![],
        earlier_audit: None,
        machines: Some(vec![]),
        workflows: Some(vec![]),
        faults: vec![],
        secrets: vec![SECRET.to_owned()],
        texts: BTreeMap::new(),
    }
}

impl Writer {
    fn tick(&mut self) -> DateTime<Utc> {
        self.now += TimeDelta::seconds(1);
        self.now
    }

    fn record(&mut self, ticket: Option<Uuid>, action: &str, details: Value, actor: Uuid, digest: Option<String>) {
        let at = self.tick();
        let mut record = Record {
            tenant_id: TENANT,
            id: Uuid::from_u128(5_000 + u128::from(number(self.evidence.database.records.len()))),
            at,
            action: action.to_owned(),
            outcome: if action == "execution.failure" { "FAILED" } else { "SUCCEEDED" }.to_owned(),
            actor_id: actor,
            actor_name: format!("p{actor}"),
            session_id: None,
            resource_type: if ticket.is_some() { "ticket" } else { "session" }.to_owned(),
            resource_id: ticket.unwrap_or_default().to_string(),
            resource_name: "web-01".to_owned(),
            workspace_id: None,
            details,
            spec_digest: digest,
            workflow_id: None,
            run_id: (actor == SYSTEM).then(|| format!("run of {ticket:?}")),
            request_id: Uuid::nil(),
            source: "api".to_owned(),
            ip: None,
            user_agent: None,
            leaf_hash: String::new(),
        };
        record.leaf_hash = record.hash();
        self.evidence.database.records.push(record);
    }

    fn called(&mut self, actor: Uuid, operation: &str, subject: Uuid, status: u16, answer: Value) {
        let at = self.tick();
        let call = call(&mut self.evidence, actor, operation, Some(subject), status, answer);
        (call.started_at, call.ended_at) = (at, at);
        call.key = Some(format!("{operation} {subject}"));
        let key = Key {
            principal_id: actor,
            route: call.route().expect("route").to_owned(),
            key: format!("{operation} {subject}"),
            resource_id: subject,
        };
        self.evidence.database.keys.push(key);
    }

    fn moved(&mut self, id: Uuid, state: &str) {
        event(&mut self.evidence, id, state);
        let at = self.now;
        let row = ticket(&mut self.evidence, id);
        row.state = state.to_owned();
        row.finished_at = matches!(state, "SUCCESS" | "FAILED" | "REJECTED").then_some(at);
    }

    fn submit(&mut self, id: Uuid) {
        self.called(REQUESTER, "ticket_submit", id, 202, json!({"id": id, "state": "PENDING", "replayed": false}));
        self.record(Some(id), "vm.request", json!({}), REQUESTER, None);
        let (database, now) = (&mut self.evidence.database, self.now);
        database.tickets.push(Ticket {
            tenant_id: TENANT,
            id,
            workspace_id: WORKSPACE,
            service_id: Uuid::from_u128(5),
            requester_id: REQUESTER,
            instance: i64::try_from(database.tickets.len()).unwrap_or_default() + 1,
            vm_name: format!("web-{}", id.as_u128()),
            state: "PENDING".to_owned(),
            run_state: None,
            abandoned_by: None,
            created_at: now,
            updated_at: now,
            finished_at: None,
        });
        database.requests.push(Request {
            id: Uuid::from_u128(1_000 + id.as_u128()),
            ticket_id: id,
            requester_id: REQUESTER,
            state: "PENDING".to_owned(),
            expires_at: now + TimeDelta::days(7),
            decided_by: None,
            cluster_id: None,
            manifest: None,
            digest: None,
        });
        let (subject, kind) = (format!("ticket-{id}"), "ticket_start".to_owned());
        let order = Order { id, subject: subject.clone(), kind, sent_at: Some(now), attempts: 1, last_error: None };
        database.orders.push(order);
        let run = Workflow {
            execution: Execution { workflow_id: subject, run_id: format!("run {id}") },
            status: "WORKFLOW_EXECUTION_STATUS_RUNNING".to_owned(),
        };
        self.evidence.workflows.get_or_insert_default().push(run);
        event(&mut self.evidence, id, "PENDING");
    }

    fn ends(&mut self, id: Uuid, status: &str) {
        for run in self.evidence.workflows.iter_mut().flatten().filter(|run| run.ticket() == Some(id)) {
            run.status = format!("WORKFLOW_EXECUTION_STATUS_{status}");
        }
    }

    fn decided(&mut self, id: Uuid, state: &str) -> &mut Request {
        self.moved(id, state);
        let requests = &mut self.evidence.database.requests;
        let request = requests.iter_mut().find(|row| row.ticket_id == id).expect("request");
        (request.state, request.decided_by) = (state.to_owned(), Some(APPROVER));
        request
    }

    fn reject(&mut self, id: Uuid) {
        self.called(APPROVER, "ticket_reject", id, 200, json!({"state": "REJECTED"}));
        self.record(Some(id), "approval.reject", json!({}), APPROVER, None);
        self.decided(id, "REJECTED");
        self.ends(id, "COMPLETED");
    }

    fn cluster(&mut self, verb: &str, id: Uuid) {
        let (at, seq) = (self.tick(), number(self.evidence.cluster.len()));
        let name = format!("web-{}", id.as_u128());
        self.evidence.cluster.push(ClusterCall {
            seq,
            at,
            verb: verb.to_owned(),
            path: format!("/apis/kubevirt.io/v1/namespaces/{NAMESPACE}/virtualmachines/{name}"),
            resource: Some("virtualmachines".to_owned()),
            subresource: None,
            namespace: Some(NAMESPACE.to_owned()),
            name: Some(name),
            dry_run: false,
            account: None,
            uid: Some(format!("uid of {id}")),
            ticket: (verb != "delete").then(|| id.to_string()),
            status: Some(200),
            ms: 3,
            outcome: "delivered".to_owned(),
            fault: None,
        });
    }

    fn step(&mut self, id: Uuid, name: &str, verb: Option<&str>) {
        self.record(Some(id), "execution.step", json!({"step": name, "attempt": 1, "state": "RUNNING"}), SYSTEM, None);
        if let Some(verb) = verb {
            self.cluster(verb, id);
        }
        self.record(Some(id), "execution.step", json!({"step": name, "state": "DONE"}), SYSTEM, None);
        let step = Step { ticket_id: id, name: name.to_owned(), state: "DONE".to_owned(), attempt: 1 };
        self.evidence.database.steps.push(step);
    }

    fn run(&mut self, id: Uuid, succeeds: bool) {
        let manifest = json!({"metadata": {"name": format!("web-{}", id.as_u128())}});
        let document = json!({"cluster_id": CLUSTER, "namespace": NAMESPACE, "vm": manifest});
        let digest = Some(format!("sha256:{}", hash(&document)));
        self.called(APPROVER, "ticket_approve", id, 202, json!({"ticket_id": id, "state": "APPROVED"}));
        self.record(Some(id), "approval.approve", json!({}), APPROVER, digest.clone());
        let request = self.decided(id, "APPROVED");
        (request.cluster_id, request.manifest, request.digest) = (Some(CLUSTER), Some(manifest), digest);
        let (uid, name) = (format!("uid of {id}"), format!("web-{}", id.as_u128()));
        self.evidence.database.vms.push(Vm {
            id: Uuid::from_u128(2_000 + id.as_u128()),
            ticket_id: id,
            physical_namespace: NAMESPACE.to_owned(),
            name: name.clone(),
            uid: Some(uid.clone()),
            state: "RUNNING".to_owned(),
        });
        self.record(Some(id), "execution.start", json!({}), SYSTEM, None);
        self.moved(id, "EXECUTING");
        self.step(id, "ensure_namespace", None);
        self.step(id, "apply_vm", Some("patch"));
        self.step(id, "await_vm_ready", None);
        if succeeds {
            self.record(Some(id), "vm.create", json!({}), SYSTEM, None);
            self.record(Some(id), "execution.success", json!({}), SYSTEM, None);
            self.moved(id, "SUCCESS");
            self.evidence.machines.get_or_insert_default().push(Machine {
                name,
                uid,
                ticket: Some(id),
                leaving: false,
            });
            return self.ends(id, "COMPLETED");
        }
        self.record(Some(id), "execution.undo", json!({}), SYSTEM, None);
        self.step(id, "remove_vm", Some("delete"));
        self.step(id, "remove_namespace", None);
        self.record(Some(id), "execution.failure", json!({}), SYSTEM, None);
        self.moved(id, "FAILED");
        self.ends(id, "FAILED");
    }
}
