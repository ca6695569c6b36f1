//! Every place of a road, one death at each.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::pin::pin;

use anyhow::Context as _;
use futures_util::future::try_join_all;
use shepherd_tests::World;
use uuid::Uuid;

use super::road::Road;
use super::walker::Walker;

/// Products that are killed beside each other: most of the time is waiting for time-outs of the dead.
const LANES: usize = 3;
/// Of so many places one is taken, unless `SHEPHERD_CRASH_SHARE` says otherwise; 1 takes all.
const SHARE: usize = 10;

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Server,
    Worker,
}

type Place = (Victim, String);

/// Kills server and worker at each place of a road.
///
/// # Errors
/// When a death is noticed, or when the road has fewer than `n_least` places: then it was not walked.
pub async fn sweep(road: Road, n_least: usize) -> anyhow::Result<()> {
    let places = places(road).await?;
    println!("{road:?}: {} places\n{places:#?}", places.len());
    anyhow::ensure!(places.len() >= n_least, "only {} places: {places:?}", places.len());
    let share = std::env::var("SHEPHERD_CRASH_SHARE").map_or(Ok(SHARE), |share| share.parse())?;
    let lanes = (0..LANES).map(|lane| {
        let places: Vec<_> = places.iter().step_by(share).skip(lane).step_by(LANES).cloned().collect();
        async move {
            let mut world = road.world().await?;
            for (victim, place) in places {
                die_at(&mut world, road, victim, &place).await.with_context(|| format!("{victim:?} at {place:?}"))?;
            }
            anyhow::Ok(())
        }
    });
    try_join_all(lanes).await?;
    Ok(())
}

/// Places that the road passes when nobody dies.
async fn places(road: Road) -> anyhow::Result<BTreeSet<Place>> {
    let mut world = road.world().await?;
    let mut logs = Vec::new();
    for victim in [Victim::Server, Victim::Worker] {
        let log = std::env::temp_dir().join(format!("places-{}", Uuid::new_v4().simple()));
        start(&mut world, victim, &[("SHEPHERD_CRASH_LOG", log.display().to_string())]).await?;
        logs.push((victim, log));
    }
    let end = road.walk(&Walker::of(&world)).await?;
    road.verify(&world, &end).await?;
    let mut places = BTreeSet::new();
    for (victim, log) in logs {
        places.extend(read(&log)?.into_iter().map(|place| (victim, place)));
    }
    Ok(places)
}

fn read(log: &PathBuf) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(log)?;
    std::fs::remove_file(log)?;
    // These come with the clock, not with the road.
    let timed = |place: &str| place.contains("reconcile_tickets") || place.contains(".sweep");
    Ok(text.lines().filter(|place| !timed(place)).map(str::to_owned).collect())
}

async fn die_at(world: &mut World, road: Road, victim: Victim, place: &str) -> anyhow::Result<()> {
    start(world, victim, &[("SHEPHERD_CRASH_AT", place.to_owned())]).await?;
    let walker = Walker::of(world);
    let mut walk = pin!(road.walk(&walker));
    let early = tokio::select! {
        dead = death(world, victim) => { dead?; None }
        end = &mut walk => Some(end?),
    };
    // What happens behind the answer may come after it.
    if early.is_some() {
        death(world, victim).await?;
    }
    start(world, victim, &[]).await?;
    let end = match early {
        Some(end) => end,
        None => walk.await?,
    };
    road.verify(world, &end).await
}

/// Waits until the victim has killed itself.
async fn death(world: &mut World, victim: Victim) -> anyhow::Result<()> {
    let status = match victim {
        Victim::Server => world.server.ended().await,
        Victim::Worker => world.worker.as_mut().context("no worker")?.ended().await,
    };
    let status = status.context("it did not die")?;
    anyhow::ensure!(status.signal() == Some(9), "{status}");
    Ok(())
}

async fn start(world: &mut World, victim: Victim, more: &[(&'static str, String)]) -> anyhow::Result<()> {
    match victim {
        Victim::Server => world.restart_server(more).await,
        Victim::Worker => {
            if let Some(mut worker) = world.worker.take() {
                worker.end().await?;
            }
            let usual = world.worker_settings.len();
            world.worker_settings.extend(more.iter().cloned());
            let started = world.start_worker().await;
            world.worker_settings.truncate(usual);
            started
        }
    }
}
