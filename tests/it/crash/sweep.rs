//! Every place of a road, one death at each.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::future::try_join_all;
use shepherd_tests::World;
use tokio::time::timeout;
use uuid::Uuid;

use super::points::Passed;
use super::results::{Death, Results};
use super::road::Road;
use super::walker::Walker;

/// Products that are killed beside each other: most of the time is waiting for time-outs of the dead.
const LANES: usize = 3;
/// Of so many places one is taken, unless `SHEPHERD_CRASH_SHARE` says otherwise; 1 takes all.
const SHARE: usize = 10;
/// At how many passings of a place the process dies, unless `SHEPHERD_CRASH_HITS` says otherwise.
const HITS: u32 = 1;
/// How long after the end of a walk a later passing may come.
const AFTERMATH: Duration = Duration::from_secs(3);

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Server,
    Worker,
}

/// Where somebody dies, and at which passing.
#[derive(Clone, Debug)]
struct Job {
    victim: Victim,
    place: String,
    hit: u32,
}

/// Kills server and worker at each place of a road.
///
/// # Errors
/// When a death is noticed, or when the road does not pass what it must: then it was not walked.
pub async fn sweep(road: Road) -> anyhow::Result<()> {
    let places = places(road).await?;
    println!("{road:?}: {} places\n{places:#?}", places.len());
    for place in Passed::on(road).names() {
        anyhow::ensure!(places.keys().any(|(_, passed)| *passed == place), "{road:?} does not pass {place:?}");
    }
    // Where each death asks for more than a walk, fewer.
    let usual = if matches!(road, Road::Refusal | Road::Loss) { 3 * SHARE } else { SHARE };
    let (share, hits) = (asked("SHEPHERD_CRASH_SHARE", usual)?, asked("SHEPHERD_CRASH_HITS", HITS)?);
    let passings = |n: u32| 1..=n.min(hits);
    let jobs = places
        .iter()
        .flat_map(|((victim, place), n)| passings(*n).map(|hit| Job { victim: *victim, place: place.clone(), hit }));
    let jobs: Vec<_> = jobs.step_by(share).collect();
    let lanes = (0..LANES).map(|lane| play(road, jobs.iter().skip(lane).step_by(LANES)));
    let bad: Vec<_> = try_join_all(lanes).await?.into_iter().flatten().collect();
    anyhow::ensure!(bad.is_empty(), "{} deaths were noticed:\n{}", bad.len(), bad.join("\n"));
    Ok(())
}

fn asked<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    name: &str,
    usual: T,
) -> anyhow::Result<T> {
    std::env::var(name).map_or(Ok(usual), |text| text.parse().with_context(|| name.to_owned()))
}

/// Plays deaths one after the other and answers those that were noticed.
async fn play(road: Road, jobs: impl Iterator<Item = &Job>) -> anyhow::Result<Vec<String>> {
    let results = Results::of_run();
    let (mut bad, mut world) = (Vec::new(), None);
    for job in jobs {
        let Job { victim, place, hit } = job;
        let mut death = Death {
            commit: results.commit.clone(),
            road: format!("{road:?}"),
            victim: format!("{victim:?}"),
            place: place.clone(),
            hit: *hit,
            outcome: "good".to_owned(),
            seconds: 0,
            error: None,
        };
        if results.is_known(&death)? {
            continue;
        }
        let mut product = match world.take() {
            Some(product) => product,
            None => road.world().await?,
        };
        let began = Instant::now();
        match die_at(&mut product, road, job).await {
            Ok(true) => {}
            Ok(false) => "missed".clone_into(&mut death.outcome),
            Err(error) => {
                "bad".clone_into(&mut death.outcome);
                death.error = Some(format!("{error:#}"));
                bad.push(format!("{victim:?} at {place:?}, passing {hit}: {error:#}"));
            }
        }
        death.seconds = began.elapsed().as_secs();
        results.add(&death)?;
        world = (death.error.is_none() && !road.spends()).then_some(product);
    }
    Ok(bad)
}

/// Places that the road passes when nobody dies, and how often.
async fn places(road: Road) -> anyhow::Result<BTreeMap<(Victim, String), u32>> {
    let mut world = road.world().await?;
    let mut logs = Vec::new();
    for victim in [Victim::Server, Victim::Worker] {
        let log = std::env::temp_dir().join(format!("places-{}", Uuid::new_v4().simple()));
        start(&mut world, victim, &[("SHEPHERD_CRASH_LOG", log.display().to_string())]).await?;
        logs.push((victim, log));
    }
    let end = road.walk(&Walker::of(&world)?).await?;
    road.verify(&world, &end).await?;
    let mut places = BTreeMap::new();
    for (victim, log) in logs {
        for place in read(road, &log)? {
            *places.entry((victim, place)).or_default() += 1;
        }
    }
    Ok(places)
}

fn read(road: Road, log: &PathBuf) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(log)?;
    std::fs::remove_file(log)?;
    // These come with the clock, not with the road, unless the road asks for them.
    let timed = |place: &str| place.contains(".sweep") || place.contains("reconcile_tickets") && road != Road::Loss;
    Ok(text.lines().filter(|place| !timed(place)).map(str::to_owned).collect())
}

/// Walks the road while the victim dies on it. Answers whether it did: a passing that was counted need not come again.
async fn die_at(world: &mut World, road: Road, job: &Job) -> anyhow::Result<bool> {
    start(world, job.victim, &[("SHEPHERD_CRASH_AT", format!("{}#{}", job.place, job.hit))]).await?;
    let walker = Walker::of(world)?;
    let mut walk = pin!(road.walk(&walker));
    let early = tokio::select! {
        dead = death(world, job.victim) => { dead?; None }
        end = &mut walk => Some(end?),
    };
    // What happens behind the answer may come after it.
    let died = match early {
        None => true,
        Some(_) if job.hit > 1 => match timeout(AFTERMATH, death(world, job.victim)).await {
            Ok(dead) => dead.map(|()| true)?,
            Err(_) => false,
        },
        Some(_) => death(world, job.victim).await.map(|()| true)?,
    };
    start(world, job.victim, &[]).await?;
    let end = match early {
        Some(end) => end,
        None => walk.await?,
    };
    road.verify(world, &end).await?;
    Ok(died)
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
