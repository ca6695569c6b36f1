//! How every list and every hot statement runs on a database of a year's use: none reads a large table from end to end,
//! and each touches few pages, whatever the number of tickets.

use reqwest::Method;
use serde_json::{Value, json};
use shepherd_domain::ids::{DEFAULT_TENANT, RequestId};
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::contract::operations;
use shepherd_tests::database::Database;
use shepherd_tests::people::{Person, hire};
use shepherd_tests::plan::{Plan, tell_plans};
use shepherd_tests::wire::Wire;
use shepherd_tests::{World, volume};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::Client as Sql;
use uuid::Uuid;

/// Tables that grow with use.
const LARGE: [&str; 8] =
    ["approval_requests", "audit_leaves", "events", "notifications", "outbox", "ticket_steps", "tickets", "vms"];
/// Enough that the planner has a choice to make; `SHEPHERD_PLANS_TICKETS=1000000` is the size that is promised.
const N_TICKETS: u64 = 50_000;
/// Pages of 8 KiB that a statement may read: a thousand rows that are counted, with a look at each by its key. A page of
/// a hundred rows with all that they name takes about two thousand.
const MOST_PAGES: u64 = 6_000;
/// The same where text is searched for: that takes a page for each of ten thousand tickets at worst.
const MOST_PAGES_SEARCHED: u64 = 16_000;
/// Rows of a large table that a statement may read without an index: a count stops at a thousand.
const MOST_SCANNED: u64 = 10_000;

/// What is looked up, taken from the middle of what was filled in.
struct Sample(BTreeMap<String, String>);

#[tokio::test]
async fn no_list_and_no_hot_statement_reads_a_large_table() -> anyhow::Result<()> {
    let n_tickets = std::env::var("SHEPHERD_PLANS_TICKETS").map_or(Ok(N_TICKETS), |text| text.parse())?;
    let database = Database::create().await?;
    let (server, worker) = (database.server_url()?, database.worker_url()?);
    let wire = Wire::start(&server).await?;
    let mut world = World::on(database, &[("DATABASE_URL", wire.through(&server)?)]).await?;
    let sql = world.sql().await?;
    volume::fill(&sql, n_tickets).await?;
    tell_plans(&sql).await?;
    // With connections that tell.
    world.restart_server(&[]).await?;
    let person = reader(&world).await?;
    let sample = Sample::of(&sql).await?;
    let mut found = Found::default();
    lists(&person, &sample, &wire, &mut found).await?;
    views(&person, &sample, &wire, &mut found).await?;
    road(&world, &wire, &mut found).await?;
    worker_statements(&wire.through(&worker)?, &wire, &mut found).await?;
    assert!(found.n_statements > 100, "only {} statements told their plan", found.n_statements);
    assert!(found.wrong.is_empty(), "{}", found.wrong.join("\n\n"));
    Ok(())
}

/// Queries of each list of a large table, with `{name}` for what is looked up.
const LISTS: [(&str, &[&str]); 6] = [
    (
        "/tickets",
        &[
            "",
            "sort=created_at",
            "decidable=true&sort=deadline_at",
            "decidable=true&sort=deadline_at&q=part7",
            "state=PENDING&sort=deadline_at",
            "state=SUCCESS",
            "state=FAILED,EXPIRED",
            "state=PENDING,APPROVED,EXECUTING",
            "workspace_id={workspace}",
            "system_id={system}",
            "service_id={service}",
            "namespace_id={namespace}",
            "requester_id={person}",
            "requester_id={person}&state=PENDING",
            "requester_id={person}&state=PENDING&sort=deadline_at",
            "requester_id={person}&state=PENDING,APPROVED,EXECUTING",
            "requester_id={person}&state=SUCCESS,FAILED,REJECTED,CANCELLED,EXPIRED",
            "vm_id={vm}",
            "q=part7",
            "q=nowhere-to-be-found",
            "state=PENDING&q=quarter%201",
        ],
    ),
    (
        "/vms",
        &[
            "",
            "state=FAILED",
            "state=MIGRATING",
            "workspace_id={workspace}",
            "system_id={system}",
            "service_id={service}",
            "namespace_id={namespace}",
            "cluster_id={cluster}",
            "cluster_id={cluster}&state=STOPPED",
        ],
    ),
    (
        "/audit",
        &[
            "",
            "action=vm.approve",
            "action=nothing.ever",
            "actor_id={person}",
            "resource_type=ticket",
            "resource_type=ticket&resource_id={ticket}",
            "outcome=REFUSED",
            "outcome=FAILED",
            "request_id={request}",
            "from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z",
            "actor_id={person}&action=vm.request",
            "platform=true",
        ],
    ),
    ("/notifications", &["", "unread=true"]),
    ("/steps", &["", "state=RETRYING", "overdue=true", "workspace_id={workspace}"]),
    // Their tables grow with the organisation, not with use.
    ("/users", &["", "q=person"]),
];

/// What else is read often.
const VIEWS: [&str; 14] = [
    "/tickets/summary",
    "/tickets/{ticket}",
    "/tickets/{pending}",
    "/vms/{vm}",
    "/notifications/unread-count",
    "/health/dependencies",
    "/systems",
    "/services",
    "/namespaces",
    "/templates",
    "/instance-sizes",
    "/clusters",
    "/role-bindings",
    "/auth/me",
];

async fn lists(person: &Person, sample: &Sample, wire: &Wire, found: &mut Found) -> anyhow::Result<()> {
    for (list, queries) in LISTS {
        for query in queries {
            let path = format!("{list}?per_page=100&{}", sample.filled(query)?);
            let page = found.read(person, &path, wire).await?;
            // The same, one page on.
            if let Some(cursor) = page["next_cursor"].as_str() {
                found.read(person, &format!("{path}&cursor={cursor}"), wire).await?;
            }
        }
        let known = operations()?.iter().any(|one| one.method == Method::GET && one.path.ends_with(list));
        anyhow::ensure!(known, "no list {list}");
    }
    Ok(())
}

async fn views(person: &Person, sample: &Sample, wire: &Wire, found: &mut Found) -> anyhow::Result<()> {
    for view in VIEWS {
        found.read(person, &sample.filled(view)?, wire).await?;
    }
    Ok(())
}

/// A request from its submission to its end.
async fn road(world: &World, wire: &Wire, found: &mut Found) -> anyhow::Result<()> {
    wire.notices();
    let ticket = world.submit().await?;
    found.judge("submit", wire)?;
    world.approver.post(&format!("/tickets/{ticket}/reject"), &json!({"reason": "a plan"})).await?.expect(200)?;
    found.judge("reject", wire)?;
    let ticket = world.submit().await?;
    world.requester.post(&format!("/tickets/{ticket}/cancel"), &json!({})).await?.expect(200)?;
    found.judge("cancel", wire)?;
    let ticket = world.submit().await?;
    let again = world.requester.post("/tickets", &world.request()).await?.problem(409, "DUPLICATE_PENDING_REQUEST")?;
    assert_eq!(again["ticket_id"], json!(ticket));
    found.judge("a second submission", wire)?;
    world.approver.post("/notifications/read-all", &json!({})).await?;
    found.judge("mark all notifications", wire)
}

/// What a worker asks all the time.
async fn worker_statements(url: &str, wire: &Wire, found: &mut Found) -> anyhow::Result<()> {
    let store = Store::new(url, Pools { size: 1, wait: Duration::from_secs(10) })?;
    let ctx = Ctx::system(DEFAULT_TENANT, RequestId(Uuid::now_v7()), Run::default());
    wire.notices();
    store.orders_take(100, Duration::from_secs(1)).await?;
    found.judge("take orders", wire)?;
    store.tickets_unfinished(&ctx, Uuid::nil(), 500).await?;
    found.judge("unfinished tickets", wire)?;
    store.sessions_sweep(&ctx).await?;
    store.keys_sweep(&ctx).await?;
    found.judge("sweeps", wire)
}

/// Somebody to whom everything is open.
async fn reader(world: &World) -> anyhow::Result<Person> {
    let roles = ["PlatformAdmin", "TenantAdmin", "SecurityAdmin", "WorkspaceAdmin", "Operator", "Approver", "SRE"];
    hire(&world.admin, &world.anonymous, "olga", &roles).await
}

impl Sample {
    async fn of(sql: &Sql) -> anyhow::Result<Self> {
        let statement = "select t.id::text as ticket, t.system_id::text as system, t.service_id::text as service, \
               t.namespace_id::text as namespace, t.workspace_id::text as workspace, t.requester_id::text as person, \
               v.id::text as vm, v.cluster_id::text as cluster, \
               (select p.id::text from tickets p where p.state = 'PENDING' order by p.id desc limit 1) as pending, \
               (select a.request_id::text from audit_leaves a where a.resource_id = t.id::text limit 1) as request \
             from tickets t join vms v on v.tenant_id = t.tenant_id and v.ticket_id = t.id \
             where t.id >= (select id from tickets order by id offset (select count(*) / 2 from tickets) limit 1) \
             order by t.id limit 1";
        let row = sql.query_one(statement, &[]).await?;
        let columns = row.columns().iter().enumerate();
        Ok(Self(columns.map(|(nth, column)| (column.name().to_owned(), row.get(nth))).collect()))
    }

    /// The text with ids in place of names.
    fn filled(&self, text: &str) -> anyhow::Result<String> {
        let filled = self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id));
        anyhow::ensure!(!filled.contains('{'), "{filled}");
        Ok(filled)
    }
}

/// What was looked at, and what is wrong with it.
#[derive(Default)]
struct Found {
    n_statements: usize,
    wrong: Vec<String>,
}

impl Found {
    async fn read(&mut self, person: &Person, path: &str, wire: &Wire) -> anyhow::Result<Value> {
        wire.notices();
        let answer = person.get(path).await?.expect(200)?;
        self.judge(path, wire)?;
        Ok(answer)
    }

    /// Judges every statement since the last call.
    fn judge(&mut self, what: &str, wire: &Wire) -> anyhow::Result<()> {
        for notice in wire.notices() {
            let Some(plan) = Plan::read(&notice)? else { continue };
            self.n_statements += 1;
            let (pages, scanned) = (plan.n_pages(), plan.n_scanned(&LARGE));
            let most = if what.contains("q=") { MOST_PAGES_SEARCHED } else { MOST_PAGES };
            if scanned > MOST_SCANNED || pages > most {
                let (outline, statement) = (plan.outline(), &plan.statement);
                self.wrong
                    .push(format!("{what}: {pages} pages, {scanned} rows without an index\n{statement}\n{outline}"));
            }
        }
        Ok(())
    }
}
