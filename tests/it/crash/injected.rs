//! Each activity fails, runs twice, hangs and falls silent, before and after its effect: the road ends as it should.

use anyhow::Context as _;
use futures_util::future::try_join_all;
use shepherd_faults::Disturbance;
use shepherd_tests::{World, until};
use uuid::Uuid;

use super::road::Road;
use super::walker::Walker;

/// Every activity with a road on which it runs.
const CASES: [(&str, Road); 11] = [
    ("claim_ticket", Road::Success),
    ("expire_ticket", Road::Expiry),
    ("remind_approvers", Road::Expiry),
    ("note_undoing", Road::Undo),
    ("finish_ticket", Road::Success),
    ("ensure_namespace", Road::Success),
    ("apply_vm", Road::Success),
    ("await_vm_ready", Road::Success),
    ("remove_vm", Road::Undo),
    ("remove_namespace", Road::Undo),
    ("check_cluster", Road::Check),
];

/// Those that are looked at elsewhere, and where.
const ELSEWHERE: [(&str, &str); 2] = [
    // Part of no road: it comes round by the clock.
    ("reconcile_tickets", "tests/it/runs/reconcile.rs"),
    // Its run rests for five minutes afterwards.
    ("note_needs_operator", "tests/it/runs/parked.rs"),
];

#[test]
fn every_activity_has_a_case() {
    let definitions = include_str!("../../../workflows/src/activities.rs");
    let names = definitions.split("#[activity(name = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut names: Vec<_> = names.collect();
    let mut known: Vec<_> = CASES.iter().map(|(name, _)| *name).chain(ELSEWHERE.map(|(name, _)| name)).collect();
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

async fn disturb(kind: Disturbance) -> anyhow::Result<()> {
    let roads = [Road::Success, Road::Expiry, Road::Undo, Road::Check].map(|road| async move {
        let mut world = road.world().await?;
        for (name, _) in CASES.iter().filter(|(_, one)| *one == road) {
            disturb_one(&mut world, road, name, kind).await.with_context(|| format!("{name}: {}", kind.as_str()))?;
        }
        anyhow::Ok(())
    });
    try_join_all(roads).await?;
    Ok(())
}

async fn disturb_one(world: &mut World, road: Road, name: &str, kind: Disturbance) -> anyhow::Result<()> {
    let log = std::env::temp_dir().join(format!("places-{}", Uuid::new_v4().simple()));
    world.kill_worker().await?;
    let usual = world.worker_settings.len();
    world.worker_settings.push(("SHEPHERD_DISTURB", format!("{name}={}", kind.as_str())));
    world.worker_settings.push(("SHEPHERD_CRASH_LOG", log.display().to_string()));
    world.start_worker().await?;
    world.worker_settings.truncate(usual);
    let end = road.walk(&Walker::of(world)).await?;
    road.verify(world, &end).await?;
    let disturbed = format!("activity {name}: {}\n", kind.as_str());
    until("the disturbance", async || Ok(std::fs::read_to_string(&log)?.contains(&disturbed).then_some(()))).await?;
    Ok(std::fs::remove_file(&log)?)
}
