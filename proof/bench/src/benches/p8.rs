//! P8, a burst: a hundred approvals at once on a cluster that takes ten calls a second and answers 429 beyond.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use shepherd_tests::World;
use shepherd_tests::client::text;
use shepherd_tests::cluster::Gateway;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::approvals::{Approver, arrived, previewed};
use crate::figure::Figure;
use crate::load::{Caller as _, float};
use crate::stage::Stage;

const MACHINES: usize = 100;
const SERVICES: usize = 50;
const CALLS_PER_SECOND: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(300);
const MUTATIONS: [&str; 6] = ["create", "update", "patch", "apply", "delete", "deletecollection"];

pub(crate) async fn run(_: &Stage) -> Result<Vec<Figure>> {
    let world = World::start().await?;
    let tickets = submitted(&world).await?;
    let approvals = previewed(&world, tickets).await?;
    let mut room = Approver::room(&world, approvals).await?;
    let sql = world.sql().await?;
    let gateway = Gateway::of_run()?;
    let since = gateway.last().await?;
    let bucket = json!({"kind": "bucket", "per_second": CALLS_PER_SECOND, "burst": CALLS_PER_SECOND});
    let fault = gateway.fault(json!({}), bucket, None).await?;
    let began = Instant::now();
    let all = async {
        for nth in 0..MACHINES {
            let which = nth % room.len();
            anyhow::ensure!(room[which].call().await? == 202, "an approval was refused");
        }
        arrived(&sql, &["SUCCESS"], i64::try_from(MACHINES)?, PATIENCE).await
    };
    let made = all.await;
    let took = began.elapsed();
    gateway.heal(&fault).await?;
    made?;
    let calls = gateway.journal(&format!("since={since}&limit=100000")).await?;
    figures(&Calls::read(&calls)?, took)
}

/// Different requests in one namespace.
async fn submitted(world: &World) -> Result<Vec<String>> {
    let mut sizes = vec![world.instance_size.clone()];
    let size = json!({
        "name": "medium", "display_name": "Medium", "cpu_cores": 1, "memory_mib": 1024,
        "disk": {"default_gib": 10, "min_gib": 5, "max_gib": 50},
    });
    sizes.push(text(&world.admin.post("/instance-sizes", &size).await?.expect(201)?, "id")?.to_owned());
    let mut tickets = Vec::new();
    for nth in 0..SERVICES {
        let service = json!({"system_id": world.system, "name": format!("burst-{nth}")});
        let service = world.requester.post("/services", &service).await?.expect(201)?;
        for size in &sizes {
            let mut request = world.request();
            request["service_id"] = json!(text(&service, "id")?);
            request["instance_size_id"] = json!(size);
            let ticket = world.requester.post("/tickets", &request).await?.expect(202)?;
            tickets.push(text(&ticket, "id")?.to_owned());
        }
    }
    anyhow::ensure!(tickets.len() == MACHINES, "{} tickets", tickets.len());
    Ok(tickets)
}

/// What reached the gateway.
#[derive(Debug, Default, PartialEq)]
struct Calls {
    mutations: usize,
    reads: usize,
    refused: usize,
    /// Refused with 429 and never asked again.
    unanswered: usize,
    /// Reads of a machine beyond one for each try, and of what tickets share beyond one for each ticket.
    polls: usize,
}

impl Calls {
    fn read(calls: &[Value]) -> Result<Self> {
        let mut counted = Self::default();
        let mut refused: BTreeSet<(&str, &str, Option<&str>)> = BTreeSet::new();
        let mut read: BTreeMap<&str, usize> = BTreeMap::new();
        let mut tries: BTreeMap<&str, usize> = BTreeMap::new();
        for call in calls {
            let verb = call["verb"].as_str().context("verb")?;
            let path = call["path"].as_str().context("path")?;
            let place = (verb, path, call["name"].as_str());
            if call["status"] == 429 {
                counted.refused += 1;
                refused.insert(place);
                *tries.entry(path).or_default() += 1;
                continue;
            }
            refused.remove(&place);
            if MUTATIONS.contains(&verb) {
                counted.mutations += 1;
            } else if ["get", "list"].contains(&verb) {
                counted.reads += 1;
                *read.entry(path).or_default() += 1;
            }
        }
        counted.unanswered = refused.len();
        let due = |path: &str| {
            let first = if path.contains("/virtualmachines/") { 1 } else { MACHINES };
            first + tries.get(path).copied().unwrap_or_default()
        };
        counted.polls = read.iter().map(|(path, n)| n.saturating_sub(due(path))).sum();
        Ok(counted)
    }
}

fn figures(calls: &Calls, took: Duration) -> Result<Vec<Figure>> {
    let count = |n: usize| anyhow::Ok(float(u64::try_from(n)?));
    let machines = count(MACHINES)?;
    let per_machine = |n: usize| anyhow::Ok(count(n)? / machines);
    let mut rate = Figure::count("P8", "machines ready", machines / took.as_secs_f64(), "1/s")
        .at_least(f64::from(CALLS_PER_SECOND) / 2.0);
    rate.note = Some(format!(
        "{} mutations, {} reads and {} refusals for {MACHINES} machines in {:.1} s at {CALLS_PER_SECOND} calls a second",
        calls.mutations,
        calls.reads,
        calls.refused,
        took.as_secs_f64()
    ));
    Ok(vec![
        rate,
        Figure::count("P8", "changes of the cluster for a machine", per_machine(calls.mutations)?, "1").at_most(2.0),
        Figure::count("P8", "reads for a machine", per_machine(calls.reads)?, "1"),
        Figure::count("P8", "reads that only ask again", count(calls.polls)?, "1").at_most(0.0),
        Figure::count("P8", "429 that nobody came back from", count(calls.unanswered)?, "1").at_most(0.0),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_counts_until_the_same_call_gets_through() -> Result<()> {
        let call = |verb: &str, path: &str, status: u16| json!({"verb": verb, "path": path, "status": status});
        let calls = [
            call("get", "/n/virtualmachines/a", 404),
            call("patch", "/n/virtualmachines/a", 429),
            call("get", "/n/virtualmachines/a", 404),
            call("patch", "/n/virtualmachines/a", 201),
            call("get", "/n/virtualmachines/a", 200),
            call("patch", "/n/virtualmachines/b", 429),
            call("get", "/n", 200),
            call("get", "/n", 200),
            call("watch", "/n/virtualmachines", 200),
        ];
        let expected = Calls { mutations: 1, reads: 5, refused: 2, unanswered: 1, polls: 1 };
        assert_eq!(Calls::read(&calls)?, expected);
        Ok(())
    }
}
