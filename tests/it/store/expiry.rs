//! Approval against expiry, at the deadline.

use anyhow::Context as _;
use futures_util::future::join;
use shepherd_domain::Code;
use shepherd_domain::ids::{RequestId, TicketId};
use shepherd_store::tickets::{Approval, Choice, Expiry};
use shepherd_store::{Ctx, Error, Pools, Run, Store};
use shepherd_tests::database::Database;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::tenant::{Catalogue, Tenant};

const TASKS: usize = 40;
const RACES_OF_A_TASK: usize = 25;

/// When the runners start, so that they meet at the deadline on a machine of any speed.
struct Pace {
    /// From the submission to the deadline.
    timeout: Duration,
    /// How long before the deadline the approver sets off.
    lead: Duration,
}

struct Track {
    store: Store,
    worker: Store,
    tenant: Tenant,
    catalogue: Catalogue,
}

impl Track {
    /// One ticket whose approver and whose expiry meet at the deadline. Answers whether the approver won.
    async fn race(&self, lane: usize, pace: &mut Pace) -> anyhow::Result<bool> {
        let mut submission = self.tenant.submission(&self.catalogue, lane, lane, 0);
        submission.timeout = pace.timeout;
        let id = self.store.ticket_submit(&self.tenant.requester(), submission).await?;
        let choice = Choice {
            cluster: self.catalogue.cluster,
            template_version: None,
            storage_class: None,
            modified_spec: None,
        };
        let digest = self.store.ticket_preview(&self.tenant.approver(), id, &choice).await?.digest;
        let approval = Approval { choice, digest, reason: None, modification_reason: None };
        let deadline = match self.worker.ticket_expire(&self.system(), id).await? {
            Expiry::NotYet(seconds) => Instant::now() + Duration::from_secs_f64(seconds),
            Expiry::Expired => Instant::now(),
            Expiry::Decided(state) => anyhow::bail!("{state} before anybody decided"),
        };
        if Instant::now() + pace.lead > deadline {
            pace.timeout = (pace.timeout * 2).min(Duration::from_secs(5));
        }
        let approve = async {
            sleep_until(deadline - pace.lead).await;
            self.store.ticket_approve(&self.tenant.approver(), id, approval).await
        };
        let (approved, expiry) = join(approve, self.expire(id, deadline)).await;
        match (approved, expiry?) {
            (Ok(_), Expiry::Decided(state)) if state == "APPROVED" => {
                pace.lead = pace.lead * 4 / 5;
                Ok(true)
            }
            (Err(Error::Refused(told)), Expiry::Expired) if told.code == Code::AlreadyDecided => {
                anyhow::ensure!(told.params["state"] == "EXPIRED", "the loser was told {}", told.params);
                pace.lead = (pace.lead * 5 / 4 + Duration::from_millis(1)).min(pace.timeout / 2);
                Ok(false)
            }
            (approved, expiry) => anyhow::bail!("no one winner of {id}: {approved:?}, {expiry:?}"),
        }
    }

    /// As a workflow does it: at the deadline, and again when it is early.
    async fn expire(&self, id: TicketId, deadline: Instant) -> anyhow::Result<Expiry> {
        sleep_until(deadline - Duration::from_millis(2)).await;
        loop {
            match self.worker.ticket_expire(&self.system(), id).await? {
                Expiry::NotYet(seconds) => {
                    // The race is at the deadline that the database itself names; there is nothing else to ask.
                    #[expect(clippy::disallowed_methods, reason = "the runners meet at a deadline")]
                    let deadline = tokio::time::sleep(Duration::from_secs_f64(seconds));
                    deadline.await;
                }
                over => return Ok(over),
            }
        }
    }

    fn system(&self) -> Ctx {
        Ctx::system(self.tenant.id, RequestId(Uuid::now_v7()), Run::default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_races_between_approval_and_expiry_each_has_one_winner() -> anyhow::Result<()> {
    let database = Database::create().await?;
    let sql = database.admin().await?;
    let pools = Pools { size: 8, wait: Duration::from_secs(10) };
    let track = Arc::new(Track {
        store: Store::new(&database.server_url()?, pools)?,
        worker: Store::new(&database.worker_url()?, pools)?,
        tenant: Tenant::create(&sql, "left", u32::try_from(TASKS)?).await?,
        catalogue: Catalogue::create(&sql, 1).await?,
    });
    let mut tasks = JoinSet::new();
    for lane in 0..TASKS {
        let track = Arc::clone(&track);
        tasks.spawn(async move {
            let mut pace = Pace { timeout: Duration::from_millis(100), lead: Duration::from_millis(20) };
            let mut won = 0;
            for _ in 0..RACES_OF_A_TASK {
                won += i64::from(track.race(lane, &mut pace).await?);
            }
            anyhow::Ok(won)
        });
    }
    let approved: i64 =
        tasks.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>().context("race")?.iter().sum();
    let expired = i64::try_from(TASKS * RACES_OF_A_TASK)? - approved;
    println!("{approved} approved, {expired} expired");
    assert!(approved > 0 && expired > 0, "no race: {approved} approved, {expired} expired");

    let counts = "select \
        (select count(*) from tickets t join approval_requests r using (tenant_id, state) \
           where r.ticket_id = t.id and state = 'APPROVED'), \
        (select count(*) from tickets t join approval_requests r using (tenant_id, state) \
           where r.ticket_id = t.id and state = 'EXPIRED'), \
        (select count(*) from vms), (select count(*) from outbox where kind = 'ticket_decided'), \
        (select count(*) from audit_leaves where action = 'approval.approve' and outcome = 'SUCCEEDED'), \
        (select count(*) from audit_leaves where action = 'approval.approve' and outcome = 'REFUSED'), \
        (select count(*) from audit_leaves where action = 'approval.expire' and outcome = 'SUCCEEDED')";
    let row = sql.query_one(counts, &[]).await?;
    let found: [i64; 7] = std::array::from_fn(|column| row.get(column));
    assert_eq!(found, [approved, expired, approved, approved, approved, expired, expired]);
    Ok(())
}
