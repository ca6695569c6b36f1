//! Tries of a step whose worker was silent for too long, and that begin or end after the next one.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shepherd_domain::ids::{RequestId, TicketId};
use shepherd_domain::step::StepName;
use shepherd_store::tickets::{Approval, Choice, Finish, SeenVm, StepBegin, StepOutcome, StepTry};
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::database::Database;
use std::time::Duration;
use tokio_postgres::Client as Sql;
use uuid::Uuid;

use super::tenant::{Catalogue, Tenant};

/// A ticket that is executed, and the worker's side of the store.
struct Executing {
    sql: Sql,
    worker: Store,
    system: Ctx,
    id: TicketId,
    since: DateTime<Utc>,
    _database: Database,
}

/// State and attempt of a step, whether it has no fault, the VM's state, and how many records and events there are.
type Seen = (String, i32, bool, String, i64, i64);

impl Executing {
    async fn start() -> anyhow::Result<Self> {
        let database = Database::create().await?;
        let sql = database.admin().await?;
        let pools = Pools { size: 2, wait: Duration::from_secs(10) };
        let (store, worker) =
            (Store::new(&database.server_url()?, pools)?, Store::new(&database.worker_url()?, pools)?);
        let (tenant, catalogue) = (Tenant::create(&sql, "left", 1).await?, Catalogue::create(&sql, 1).await?);
        let id = store.ticket_submit(&tenant.requester(), tenant.submission(&catalogue, 0, 0, 0)).await?;
        let cluster = catalogue.cluster;
        let choice = Choice { cluster, template_version: None, storage_class: None, modified_spec: None };
        let digest = store.ticket_preview(&tenant.approver(), id, &choice).await?.digest;
        let approval = Approval { choice, digest, reason: None, modification_reason: None };
        store.ticket_approve(&tenant.approver(), id, approval).await?;
        let system = Ctx::system(tenant.id, RequestId(Uuid::now_v7()), Run::default());
        worker.ticket_claim(&system, id).await?;
        Ok(Self { sql, worker, system, id, since: Utc::now(), _database: database })
    }

    /// A try that was scheduled so many seconds after the beginning.
    fn a_try(&self, run: &str, activity: &str, attempt: i32, second: i64) -> StepTry {
        let scheduled_at = self.since + TimeDelta::seconds(second);
        StepTry { run_id: run.to_owned(), activity_id: activity.to_owned(), attempt, scheduled_at }
    }

    async fn begin(&self, step: StepName, this: &StepTry) -> anyhow::Result<StepBegin> {
        Ok(self.worker.step_begin(&self.system, self.id, step, this).await?)
    }

    async fn end(&self, step: StepName, this: &StepTry, outcome: StepOutcome) -> anyhow::Result<()> {
        Ok(self.worker.step_end(&self.system, self.id, step, this, outcome).await?)
    }

    async fn seen(&self, step: StepName) -> anyhow::Result<Seen> {
        let query = "select s.state, s.attempt, s.fault is null, v.state, \
            (select count(*) from audit_leaves), (select count(*) from events) from ticket_steps s, vms v where s.name = $1";
        let row = self.sql.query_one(query, &[&step.as_str()]).await?;
        Ok((row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5)))
    }

    /// The try is refused, and nothing says that it was there.
    async fn comes_too_late(&self, step: StepName, this: &StepTry) -> anyhow::Result<()> {
        let before = self.everything().await?;
        assert_eq!(self.begin(step, this).await?, StepBegin::Overtaken, "{this:?}");
        assert_eq!(self.everything().await?, before, "{this:?}");
        Ok(())
    }

    async fn everything(&self) -> anyhow::Result<String> {
        let query = "select (select json_agg(s order by s.name)::text from ticket_steps s) \
            || (select json_agg(t)::text from tickets t) || (select count(*) from audit_leaves) || (select count(*) from events)";
        Ok(self.sql.query_one(query, &[]).await?.get(0))
    }
}

fn done(state: &'static str) -> StepOutcome {
    let vm = SeenVm { uid: "uid".to_owned(), labels: json!({}), state };
    StepOutcome::Done { detail: json!({}), vm: Some(vm) }
}

#[tokio::test]
async fn a_try_that_was_overtaken_changes_neither_step_nor_vm_nor_log() -> anyhow::Result<()> {
    let ticket = Executing::start().await?;
    let step = StepName::ApplyVm;
    let (first, second) = (ticket.a_try("run", "2", 1, 0), ticket.a_try("run", "2", 2, 11));
    assert_eq!(ticket.begin(step, &first).await?, StepBegin::Begun);
    assert_eq!(ticket.begin(step, &second).await?, StepBegin::Begun);
    let late = StepOutcome::Retrying { fault: json!({"code": "CLUSTER_UNHEALTHY"}), next_try_seconds: 1 };
    let before = ticket.seen(step).await?;
    assert_eq!((before.0.as_str(), before.1), ("RUNNING", 2));
    ticket.end(step, &first, late.clone()).await?;
    assert_eq!(ticket.seen(step).await?, before, "while the second try runs");
    ticket.comes_too_late(step, &first).await?;

    ticket.end(step, &second, done("RUNNING")).await?;
    let after = ticket.seen(step).await?;
    assert_eq!((after.0.as_str(), after.3.as_str(), after.4), ("DONE", "RUNNING", before.4 + 1));
    for outcome in [late, done("CREATING"), StepOutcome::Failed { fault: json!({"code": "VM_START_FAILED"}) }] {
        ticket.end(step, &first, outcome).await?;
        assert_eq!(ticket.seen(step).await?, after, "after the second try has ended");
    }
    ticket.comes_too_late(step, &first).await
}

#[tokio::test]
async fn a_later_run_counts_its_tries_anew_and_an_earlier_one_has_no_say() -> anyhow::Result<()> {
    let ticket = Executing::start().await?;
    let step = StepName::EnsureNamespace;
    let earlier = ticket.a_try("lost", "1", 7, 60);
    assert_eq!(ticket.begin(step, &earlier).await?, StepBegin::Begun);
    let later = ticket.a_try("restarted", "1", 1, 90);
    assert_eq!(ticket.begin(step, &later).await?, StepBegin::Begun);
    ticket.comes_too_late(step, &earlier).await?;
    ticket.end(step, &earlier, done("FAILED")).await?;
    assert_eq!(ticket.seen(step).await?.0, "RUNNING");
    ticket.end(step, &later, done("CREATING")).await?;
    assert_eq!(ticket.seen(step).await?.0, "DONE");
    ticket.comes_too_late(step, &ticket.a_try("lost", "1", 8, 70)).await
}

#[tokio::test]
async fn an_undo_that_is_tried_again_after_an_operator_counts_anew() -> anyhow::Result<()> {
    let ticket = Executing::start().await?;
    let step = StepName::RemoveVm;
    let refused = ticket.a_try("run", "5", 3, 20);
    assert_eq!(ticket.begin(step, &refused).await?, StepBegin::Begun);
    ticket.end(step, &refused, StepOutcome::Failed { fault: json!({"code": "RBAC_DENIED"}) }).await?;
    let again = ticket.a_try("run", "7", 1, 320);
    assert_eq!(ticket.begin(step, &again).await?, StepBegin::Begun);
    ticket.comes_too_late(step, &refused).await
}

#[tokio::test]
async fn nothing_forward_begins_after_the_undo_or_the_end_of_its_run() -> anyhow::Result<()> {
    let ticket = Executing::start().await?;
    let (forward, undo) = (StepName::ApplyVm, StepName::RemoveVm);
    assert_eq!(ticket.begin(undo, &ticket.a_try("run", "4", 1, 30)).await?, StepBegin::Begun);
    ticket.comes_too_late(forward, &ticket.a_try("run", "2", 1, 5)).await?;
    ticket.comes_too_late(forward, &ticket.a_try("an earlier one", "2", 1, 5)).await?;
    // Temporal lost the run during its undo, and the net started another.
    assert_eq!(ticket.begin(forward, &ticket.a_try("restarted", "2", 1, 400)).await?, StepBegin::Begun);

    ticket.worker.ticket_finish(&ticket.system, ticket.id, Finish::Failed(json!({"code": "ABANDONED"}))).await?;
    ticket.comes_too_late(forward, &ticket.a_try("restarted", "2", 2, 410)).await?;
    ticket.comes_too_late(undo, &ticket.a_try("restarted", "6", 1, 420)).await
}
