//! Each activity fails, runs twice, hangs, falls silent and has its run cancelled, before and after its effect: the road
//! ends as it should.

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use shepherd_faults::Disturbance;
use shepherd_tests::{World, until};
use uuid::Uuid;

use super::road::Road;
use super::walker::Walker;

/// Products that are disturbed beside each other: as many as two processors bear, and more while most of them wait.
const LANES: usize = 3;
const WAITING_LANES: usize = 5;

/// Every activity with a road on which it runs.
const CASES: [(&str, Road); 13] = [
    ("claim_ticket", Road::Success),
    ("expire_ticket", Road::Expiry),
    ("remind_approvers", Road::Expiry),
    ("note_undoing", Road::Undo),
    ("note_needs_operator", Road::Refusal),
    ("finish_ticket", Road::Success),
    ("ensure_namespace", Road::Success),
    ("apply_vm", Road::Success),
    ("await_vm_ready", Road::Success),
    ("remove_vm", Road::Undo),
    ("remove_namespace", Road::Undo),
    ("check_cluster", Road::Check),
    ("reconcile_tickets", Road::Loss),
];

#[test]
fn every_activity_has_a_case() {
    let definitions = include_str!("../../../workflows/src/activities.rs");
    let names = definitions.split("#[activity(name = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut names: Vec<_> = names.collect();
    let mut known: Vec<_> = CASES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[tokio::test]
async fn an_activity_that_fails_before_its_effect_is_done_once() -> anyhow::Result<()> {
    disturb(Disturbance::FailBefore).await
}

#[tokio::test]
async fn an_activity_that_fails_after_its_effect_has_it_once() -> anyhow::Result<()> {
    disturb(Disturbance::FailAfter).await
}

#[tokio::test]
async fn an_activity_that_runs_twice_has_its_effect_once() -> anyhow::Result<()> {
    disturb(Disturbance::Twice).await
}

#[tokio::test]
async fn an_activity_that_hangs_is_done_after_its_time_out() -> anyhow::Result<()> {
    disturb(Disturbance::Hang).await
}

#[tokio::test]
async fn an_activity_that_does_not_tell_its_end_has_its_effect_once() -> anyhow::Result<()> {
    disturb(Disturbance::Silence).await
}

#[tokio::test]
async fn an_activity_whose_run_is_cancelled_leaves_nothing_or_all() -> anyhow::Result<()> {
    disturb(Disturbance::Cancel).await
}

/// Activities of a road in one product, one after the other; of those that wait for time-outs, two.
async fn disturb(kind: Disturbance) -> anyhow::Result<()> {
    let waits = matches!(kind, Disturbance::Hang | Disturbance::Silence);
    let mut lanes = Vec::new();
    for road in Road::ALL {
        let names: Vec<_> = CASES.iter().filter(|(_, one)| *one == road).map(|(name, _)| *name).collect();
        lanes.extend(names.chunks(if waits { 2 } else { CASES.len() }).map(|lane| (road, lane.to_vec())));
    }
    let lanes = lanes.into_iter().map(|(road, names)| async move {
        let mut world = road.world().await?;
        for name in names {
            disturb_one(&mut world, road, name, kind).await.with_context(|| format!("{name}: {}", kind.as_str()))?;
        }
        anyhow::Ok(())
    });
    stream::iter(lanes).buffer_unordered(if waits { WAITING_LANES } else { LANES }).try_collect().await
}

async fn disturb_one(world: &mut World, road: Road, name: &str, kind: Disturbance) -> anyhow::Result<()> {
    let log = std::env::temp_dir().join(format!("places-{}", Uuid::new_v4().simple()));
    world.kill_worker().await?;
    let usual = world.worker_settings.len();
    world.worker_settings.push(("SHEPHERD_DISTURB", format!("{name}={}", kind.as_str())));
    world.worker_settings.push(("SHEPHERD_CRASH_LOG", log.display().to_string()));
    world.start_worker().await?;
    world.worker_settings.truncate(usual);
    let walker = Walker::of(world)?;
    let (end, ends_as) = match (kind, name) {
        (Disturbance::Cancel, "remind_approvers") => (without_run(&walker).await?, road),
        // The machine may be ready before the cancellation arrives; then all was done, and it stays.
        (Disturbance::Cancel, "await_vm_ready") => {
            let end = road.walk(&walker).await?;
            let ends_as = if end["state"] == "SUCCESS" { road } else { Road::Undo };
            (end, ends_as)
        }
        // A run that is cancelled before its last word is taken back.
        (Disturbance::Cancel, _) if road == Road::Success && name != "finish_ticket" => {
            (road.walk(&walker).await?, Road::Undo)
        }
        _ => (road.walk(&walker).await?, road),
    };
    ends_as.verify(world, &end).await?;
    let disturbed = format!("activity {name}: {}\n", kind.as_str());
    until("the disturbance", async || Ok(std::fs::read_to_string(&log)?.contains(&disturbed).then_some(()))).await?;
    Ok(std::fs::remove_file(&log)?)
}

/// A request whose run is cancelled while nobody has decided: it has no run any more, and the net expires it.
async fn without_run(walker: &Walker) -> anyhow::Result<Value> {
    let ticket = walker.submit().await?;
    walker.run_is_over(&ticket).await?;
    walker.is_due(&ticket).await?;
    walker.net.let_down().await?;
    walker.ended(&ticket).await
}
