//! One seed from beginning to end.

use anyhow::Context as _;
use chrono::Utc;
use serde_json::{Value, json};
use shepherd_tests::client::text;
use shepherd_tests::environment::variable;
use shepherd_tests::people::{PASSWORD, hire};
use shepherd_tests::{Kubernetes, World};
use shepherd_witness::cluster::Machine;
use shepherd_witness::{Evidence, Run, judge, story};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::client::{Caller, Journal, Question};
use crate::linearizability;
use crate::load::Cast;
use crate::results::SeedResult;
use crate::schedule::Schedule;
use crate::stage::Stage;
use crate::storm::Storm;
use crate::vitals::{Memory, dead_rows};

/// How long recovery may take after the last disturbance: a heartbeat, a lease, a few retries that doubled.
const RECOVERY: Duration = Duration::from_secs(90);
/// How often what has ended is started again.
const TICK: Duration = Duration::from_millis(250);
/// Services to ask for machines in; the many requests of a storm stay out of each other's way.
const SERVICES: usize = 12;
const STORM_SERVICES: usize = 60;

/// How seeds are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Length of the load instead of the seed's own.
    pub seconds: Option<u64>,
    /// Where the evidence of failed seeds is kept.
    pub evidence: PathBuf,
}

/// Plays a seed and asks the witness. The evidence of a good seed is thrown away.
///
/// # Errors
/// When the harness itself fails; a broken promise is no error but a result.
pub async fn run(seed: u64, options: &Options) -> anyhow::Result<SeedResult> {
    let folder = options.evidence.join(format!("seed-{seed}"));
    let schedule = Schedule::of(seed, options.seconds);
    let mut result = SeedResult::new(seed, options.seconds, &schedule);
    whole(&schedule, SERVICES, &folder, &mut result).await?;
    Ok(result)
}

/// Plays a kill storm and asks the witness.
///
/// # Errors
/// When the harness itself fails; a broken promise is no error but a result.
pub async fn storm(length: Duration, evidence: &Path) -> anyhow::Result<Storm> {
    let schedule = Schedule::storm(length);
    let mut result = SeedResult::new(0, Some(length.as_secs()), &schedule);
    let cost = whole(&schedule, STORM_SERVICES, &evidence.join("storm"), &mut result).await?;
    let Cost { drain_seconds, memory, dead_rows, open_workflows } = cost;
    Ok(Storm { result, drain_seconds, memory, dead_rows, open_workflows })
}

/// What a run cost beside its promises.
struct Cost {
    drain_seconds: f64,
    memory: BTreeMap<String, Memory>,
    dead_rows: BTreeMap<String, i64>,
    open_workflows: usize,
}

/// A run from its first process to the verdict.
async fn whole(schedule: &Schedule, n_services: usize, folder: &Path, result: &mut SeedResult) -> anyhow::Result<Cost> {
    let began = Instant::now();
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut stage = Stage::start(folder, schedule).await.context("start the product")?;
    let since = stage.gateway.last().await?;
    let journal = Journal::create(&folder.join("clients.jsonl"))?;
    let cast = Arc::new(cast(&stage.world, n_services, &journal).await?);
    let world = &stage.world;
    let auditor = hire(&world.admin, &world.anonymous, "olga", &["Auditor"]).await?;
    let auditor = Caller::new(&auditor, &journal)?;
    let started_at = Utc::now();
    play(&mut stage, schedule, &cast, &auditor, folder, &mut result.faults).await?;
    let (quiet_at, quiet) = (Utc::now(), Instant::now());
    rest(&mut stage).await?;
    let drain_seconds = quiet.elapsed().as_secs_f64();
    let known = cast.tickets.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for ticket in known {
        cast.requester.view("ticket_view", Some(ticket)).await?;
    }
    let recovery_seconds = i64::try_from(RECOVERY.as_secs())?;
    let run = Run { started_at, quiet_at, recovery_seconds };
    fs::write(folder.join("run.json"), serde_json::to_vec(&run)?)?;
    collect(&mut stage, folder, since, &auditor).await?;
    let runs: Vec<Value> = serde_json::from_str(&stage.temporal.runs().await?)?;
    let open_workflows = runs.iter().filter(|run| is_of_ticket(run) && !is_over(run)).count();
    let (memory, dead_rows) = (stage.vitals.memory(), dead_rows(&stage.world).await?);
    let url = stage.world.database.dump_url()?;
    drop(stage);
    let evidence = Evidence::read(folder, Some(&url)).await?;
    (result.calls, result.unknown) = journal.counts();
    sentence(&evidence, &journal, folder, result)?;
    result.took_seconds = began.elapsed().as_secs();
    if result.good {
        fs::remove_dir_all(folder)?;
    }
    Ok(Cost { drain_seconds, memory, dead_rows, open_workflows })
}

/// The people, Services to ask for machines in, and a thing of another tenant.
async fn cast(world: &World, n_services: usize, journal: &Arc<Journal>) -> anyhow::Result<Cast> {
    let mut services = Vec::new();
    for n in 0..n_services {
        let service = json!({"system_id": world.system, "name": format!("s{n}")});
        services.push(text(&world.requester.post("/services", &service).await?.expect(201)?, "id")?.to_owned());
    }
    let (tenant, foreign) = (Uuid::now_v7(), Uuid::now_v7());
    let planted = format!(
        "insert into tenants (id, slug, name) values ('{tenant}', 'other', 'Other'); \
         insert into workspaces (tenant_id, id, name, region) values ('{tenant}', '{foreign}', 'default', 'default'); \
         insert into systems (tenant_id, id, workspace_id, name, created_by) \
           values ('{tenant}', '{foreign}', '{foreign}', 'other', '{tenant}')"
    );
    world.sql().await?.batch_execute(&planted).await.context("plant another tenant")?;
    Ok(Cast {
        requester: Caller::new(&world.requester, journal)?,
        approver: Caller::new(&world.approver, journal)?,
        second_approver: Caller::new(&world.second_approver, journal)?,
        cluster: world.cluster.clone(),
        services,
        request: world.request(),
        foreign,
        tickets: Mutex::default(),
    })
}

/// Load and disturbances, then everything back to order.
async fn play(
    stage: &mut Stage,
    schedule: &Schedule,
    cast: &Arc<Cast>,
    auditor: &Caller,
    folder: &Path,
    faults: &mut BTreeMap<String, u32>,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut stories = JoinSet::new();
    for (number, story) in schedule.stories.iter().copied().enumerate() {
        let cast = Arc::clone(cast);
        stories.spawn(async move { cast.play(number, story).await });
    }
    let (auditor, earlier) = (auditor.clone(), folder.join("audit-earlier.jsonl"));
    let half = began + schedule.length / 2;
    stories.spawn(async move {
        sleep_until(half).await;
        export(&auditor, &earlier).await.map(drop)
    });
    let planned = schedule.disturbances.iter().enumerate();
    let mut moments: Vec<_> = planned.clone().map(|(n, one)| (one.at, n, true)).collect();
    moments.extend(planned.map(|(n, one)| (one.at + one.lasts, n, false)));
    moments.sort();
    for (at, number, begins) in moments {
        while Instant::now() < began + at {
            sleep_until((began + at).min(Instant::now() + TICK)).await;
            stage.revive().await?;
        }
        let one = &schedule.disturbances[number];
        if begins {
            *faults.entry(one.what.kind()).or_default() += 1;
            stage.begin(number, one).await?;
        } else {
            stage.end(number, one).await?;
        }
    }
    sleep_until(began + schedule.length).await;
    stage.revive().await?;
    // What people do last still counts; they are not disturbed any more.
    while let Some(ended) = stories.join_next().await {
        ended??;
        stage.revive().await?;
    }
    Ok(())
}

/// Waits until no ticket moves or is about to expire, and no order waits. One that never does is the witness's business.
async fn rest(stage: &mut Stage) -> anyhow::Result<()> {
    let sql = stage.world.sql().await?;
    let moving = "select (select count(*) from tickets where state in ('APPROVED', 'EXECUTING')) \
        + (select count(*) from outbox where sent_at is null) \
        + (select count(*) from approval_requests where state = 'PENDING' and expires_at < now() + interval '1 hour')";
    let end = Instant::now() + RECOVERY + Duration::from_secs(10);
    while Instant::now() < end && sql.query_one(moving, &[]).await?.get::<_, i64>(0) > 0 {
        stage.revive().await?;
        sleep(TICK).await;
    }
    // A run ends a moment after its ticket.
    let ended = "select count(*) from tickets where state not in ('PENDING', 'APPROVED', 'EXECUTING')";
    let ended = sql.query_one(ended, &[]).await?.get::<_, i64>(0);
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        let runs: Vec<Value> = serde_json::from_str(&stage.temporal.runs().await?)?;
        let over = runs.iter().filter(|run| is_of_ticket(run) && is_over(run)).count();
        if i64::try_from(over)? >= ended {
            return Ok(());
        }
        sleep(TICK).await;
    }
    Ok(())
}

fn is_of_ticket(run: &Value) -> bool {
    run["execution"]["workflowId"].as_str().is_some_and(|id| id.starts_with("ticket-"))
}

fn is_over(run: &Value) -> bool {
    run["status"] != "WORKFLOW_EXECUTION_STATUS_RUNNING"
}

/// Exports the audit log; one that broke off is not kept.
async fn export(auditor: &Caller, file: &Path) -> anyhow::Result<bool> {
    let question = Question { operation: "audit_export", subject: None, key: None, body: None };
    let (call, lines) = auditor.ask(question).await?;
    if call.succeeded() {
        fs::write(file, lines)?;
    }
    Ok(call.succeeded())
}

/// Gathers what the witness reads, the database apart.
async fn collect(stage: &mut Stage, folder: &Path, since: u64, auditor: &Caller) -> anyhow::Result<()> {
    fs::write(folder.join("workflows.json"), stage.temporal.runs().await?)?;
    let cluster = Kubernetes::of_run().await?;
    let mut lines = String::new();
    for found in cluster.vms(&stage.world.namespace_name).list(&Default::default()).await?.items {
        let labels = found.metadata.labels.unwrap_or_default();
        let machine = Machine {
            name: found.metadata.name.unwrap_or_default(),
            uid: found.metadata.uid.unwrap_or_default(),
            ticket: labels.get("kubevirt-shepherd.io/ticket-id").and_then(|id| id.parse().ok()),
            leaving: found.metadata.deletion_timestamp.is_some(),
        };
        writeln!(lines, "{}", serde_json::to_string(&machine)?)?;
    }
    fs::write(folder.join("machines.jsonl"), lines)?;
    let mut lines = String::new();
    for call in stage.gateway.journal(&format!("since={since}")).await? {
        writeln!(lines, "{call}")?;
    }
    fs::write(folder.join("gateway.jsonl"), lines)?;
    let kubeconfig = fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?;
    let token = kubeconfig.lines().find_map(|line| line.trim().strip_prefix("token:")).context("token")?;
    fs::write(folder.join("secrets.txt"), format!("{PASSWORD}\n{}\n", token.trim().trim_matches('"')))?;
    for process in ["server", "worker", "twin"] {
        stage.keep_log(process)?;
    }
    anyhow::ensure!(export(auditor, &folder.join("audit.jsonl")).await?, "the audit log could not be exported");
    Ok(())
}

/// Asks the witness, and writes down what it says when a promise is broken.
fn sentence(evidence: &Evidence, journal: &Journal, folder: &Path, result: &mut SeedResult) -> anyhow::Result<()> {
    let verdict = judge(evidence)?;
    let mut broken: Vec<_> = verdict.violations.iter().map(|one| format!("{}: {}", one.invariant, one.what)).collect();
    broken.extend(linearizability::check(folder)?);
    broken.extend(journal.strange().into_iter().map(|what| format!("contract: {what}")));
    for ticket in &evidence.database.tickets {
        *result.tickets.entry(ticket.state.clone()).or_default() += 1;
    }
    result.good = broken.is_empty();
    if let Some(first) = broken.first() {
        result.violation = Some(first.clone());
        result.evidence = Some(folder.display().to_string());
        let ticket = verdict.violations.first().and_then(|one| one.ticket);
        let story = ticket.map(|ticket| story(evidence, ticket)).unwrap_or_default();
        fs::write(folder.join("verdict.txt"), format!("{}\n\n{story}", broken.join("\n")))?;
    }
    Ok(())
}
