//! A try of a step whose worker was silent for too long, and that ends after the next one.

use serde_json::json;
use shepherd_domain::ids::RequestId;
use shepherd_domain::step::StepName;
use shepherd_store::tickets::{Approval, Choice, SeenVm, StepOutcome};
use shepherd_store::{Ctx, Pools, Run, Store};
use shepherd_tests::database::Database;
use std::time::Duration;
use uuid::Uuid;

use super::tenant::{Catalogue, Tenant};

fn done(state: &'static str) -> StepOutcome {
    let vm = SeenVm { uid: "uid".to_owned(), labels: json!({}), state };
    StepOutcome::Done { detail: json!({}), vm: Some(vm) }
}

#[tokio::test]
async fn a_try_that_was_overtaken_changes_neither_step_nor_vm_nor_log() -> anyhow::Result<()> {
    let database = Database::create().await?;
    let sql = database.admin().await?;
    let pools = Pools { size: 2, wait: Duration::from_secs(10) };
    let (store, worker) = (Store::new(&database.server_url()?, pools)?, Store::new(&database.worker_url()?, pools)?);
    let (tenant, catalogue) = (Tenant::create(&sql, "left", 1).await?, Catalogue::create(&sql, 1).await?);
    let id = store.ticket_submit(&tenant.requester(), tenant.submission(&catalogue, 0, 0, 0)).await?;
    let cluster = catalogue.cluster;
    let choice = Choice { cluster, template_version: None, storage_class: None, modified_spec: None };
    let digest = store.ticket_preview(&tenant.approver(), id, &choice).await?.digest;
    let approval = Approval { choice, digest, reason: None, modification_reason: None };
    store.ticket_approve(&tenant.approver(), id, approval).await?;
    let system = Ctx::system(tenant.id, RequestId(Uuid::now_v7()), Run::default());
    worker.ticket_claim(&system, id).await?;

    let step = StepName::ApplyVm;
    worker.step_begin(&system, id, step, 1).await?;
    worker.step_begin(&system, id, step, 2).await?;
    let late = StepOutcome::Retrying { fault: json!({"code": "CLUSTER_UNHEALTHY"}), next_try_seconds: 1 };
    let seen = async || {
        let query = "select s.state, s.attempt, s.fault is null, v.state, \
            (select count(*) from audit_leaves), (select count(*) from events) from ticket_steps s, vms v";
        let row = sql.query_one(query, &[]).await?;
        let (state, attempt): (String, i32) = (row.get(0), row.get(1));
        anyhow::Ok((
            state,
            attempt,
            row.get::<_, bool>(2),
            row.get::<_, String>(3),
            row.get::<_, i64>(4),
            row.get::<_, i64>(5),
        ))
    };
    let before = seen().await?;
    assert_eq!((before.0.as_str(), before.1), ("RUNNING", 2));
    worker.step_end(&system, id, step, 1, late.clone()).await?;
    assert_eq!(seen().await?, before, "while the second try runs");

    worker.step_end(&system, id, step, 2, done("RUNNING")).await?;
    let after = seen().await?;
    assert_eq!((after.0.as_str(), after.3.as_str(), after.4), ("DONE", "RUNNING", before.4 + 1));
    for outcome in [late, done("CREATING"), StepOutcome::Failed { fault: json!({"code": "VM_START_FAILED"}) }] {
        worker.step_end(&system, id, step, 1, outcome).await?;
        assert_eq!(seen().await?, after, "after the second try has ended");
    }
    Ok(())
}
