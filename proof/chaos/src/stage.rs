//! The product on real parts, with a proxy between every two processes, and the hand that disturbs them.

use anyhow::Context as _;
use chrono::Utc;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use shepherd_tests::cluster::Gateway;
use shepherd_tests::database::Database;
use shepherd_tests::environment::variable;
use shepherd_tests::process::Process;
use shepherd_tests::temporal::Temporal;
use shepherd_tests::{World, until};
use shepherd_witness::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::disturbance::{Disturbance, Flow, Link, Target};
use crate::link::Proxy;
use crate::schedule::{Planned, Schedule};
use crate::vitals::Vitals;

/// Everything of one seed. Processes end with it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) temporal: Temporal,
    pub(crate) gateway: Gateway,
    links: [(Link, Proxy); 3],
    settings: Vec<(&'static str, String)>,
    folder: PathBuf,
    faults: File,
    /// A second worker, which nobody disturbs.
    twin: Option<Process>,
    /// Faults of the gateway under way, by the number of their disturbance.
    injected: BTreeMap<usize, String>,
    /// What was killed on purpose and is not back yet.
    down: BTreeSet<&'static str>,
    n_logs: usize,
    pub(crate) vitals: Vitals,
}

impl Stage {
    /// Starts everything; logs and faults go to `folder`.
    pub(crate) async fn start(folder: &Path, schedule: &Schedule) -> anyhow::Result<Self> {
        fs::create_dir_all(folder.join("logs"))?;
        let database = Database::create().await?;
        if schedule.kills(Target::Database) {
            commits_wait_for_the_log(&database).await?;
        }
        let temporal = Temporal::start().await?;
        let admin: reqwest::Url = variable("SHEPHERD_TEST_ADMIN_URL")?.parse()?;
        let postgres = format!("{}:{}", admin.host_str().context("host")?, admin.port().unwrap_or(5432));
        let links = [
            (Link::ServerDatabase, Proxy::start(postgres.clone()).await?),
            (Link::WorkerDatabase, Proxy::start(postgres).await?),
            (Link::WorkerTemporal, Proxy::start(temporal.address().to_owned()).await?),
        ];
        let [(_, to_server), (_, to_worker), (_, to_temporal)] = &links;
        let mut settings = vec![
            ("DATABASE_URL", to_server.through(&database.server_url()?)?),
            ("SHEPHERD_LISTEN", free_address()?),
            ("SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", "1000".to_owned()),
        ];
        let expiry = schedule.expiry.map(|seconds| ("SHEPHERD_APPROVAL_TIMEOUT_SECONDS", seconds.to_string()));
        settings.extend(expiry);
        let for_worker = [
            ("WORKER_DATABASE_URL", to_worker.through(&database.worker_url()?)?),
            ("TEMPORAL_ADDRESS", to_temporal.address()),
            ("SHEPHERD_WORKER_LISTEN", free_address()?),
        ];
        let mut world = World::on(database, &settings).await?;
        world.worker_settings.extend(for_worker);
        world.start_worker().await?;
        world.cluster_passes().await?;
        let twin = schedule.twin.then(|| start_twin(&world)).transpose()?;
        let faults = File::create(folder.join("faults.jsonl"))?;
        let (injected, down, folder) = (BTreeMap::new(), BTreeSet::new(), folder.to_owned());
        let gateway = Gateway::of_run()?;
        Ok(Self {
            world,
            temporal,
            gateway,
            links,
            settings,
            folder,
            faults,
            twin,
            injected,
            down,
            n_logs: 0,
            vitals: Vitals::new(),
        })
    }

    /// Begins a disturbance.
    pub(crate) async fn begin(&mut self, number: usize, planned: &Planned) -> anyhow::Result<()> {
        self.note(&format!("{} begins: {:?}", planned.what.kind(), planned.what))?;
        match &planned.what {
            Disturbance::Kill(Target::Temporal) => self.temporal.stop().await?,
            Disturbance::Kill(Target::Database) => self.crash_database().await?,
            Disturbance::Kill(target) => {
                self.down.insert(name(*target));
                self.signal(*target, Signal::KILL)?;
            }
            Disturbance::Freeze(target) => self.signal(*target, Signal::STOP)?,
            Disturbance::Cluster { matching, fault, times } => {
                let mut matching = matching.clone();
                matching["namespace"] = json!(self.world.namespace_name);
                let id = self.gateway.fault(matching, fault.clone(), Some(*times)).await?;
                self.injected.insert(number, id);
            }
            Disturbance::Backends { skip, n } => self.terminate(*skip, *n).await?,
            Disturbance::Flow { link, flow } => self.flow(*link, *flow),
        }
        Ok(())
    }

    /// Ends it.
    pub(crate) async fn end(&mut self, number: usize, planned: &Planned) -> anyhow::Result<()> {
        match &planned.what {
            Disturbance::Kill(Target::Temporal) => self.temporal.start_again().await?,
            Disturbance::Kill(Target::Database) => self.database_recovers().await?,
            Disturbance::Kill(target) => {
                self.down.remove(name(*target));
                self.revive().await?;
            }
            Disturbance::Freeze(target) => self.signal(*target, Signal::CONT)?,
            Disturbance::Cluster { .. } => {
                if let Some(id) = self.injected.remove(&number) {
                    self.gateway.heal(&id).await?;
                }
            }
            Disturbance::Backends { .. } => {}
            Disturbance::Flow { link, .. } => self.flow(*link, Flow::Free),
        }
        self.note(&format!("{} ends", planned.what.kind()))
    }

    /// Starts again what has ended, as an operator's supervisor would.
    pub(crate) async fn revive(&mut self) -> anyhow::Result<()> {
        self.vitals.look(&self.world);
        if !self.down.contains("server") && self.world.server.has_ended()? {
            self.keep_log("server")?;
            self.world.server = Process::start("shepherd-server", &["serve"], &self.settings)?;
            self.note("server started")?;
        }
        let ended = self.world.worker.as_mut().context("worker")?.has_ended()?;
        if !self.down.contains("worker") && ended {
            self.keep_log("worker")?;
            let environment = self.world.worker_environment()?;
            self.world.worker = Some(Process::start("shepherd-worker", &[], &environment)?);
            self.note("worker started")?;
        }
        if let Some(twin) = &mut self.twin
            && twin.has_ended()?
        {
            self.keep_log("twin")?;
            self.twin = Some(start_twin(&self.world)?);
            self.note("second worker started")?;
        }
        Ok(())
    }

    /// Keeps the log of a process that has ended or is about to.
    pub(crate) fn keep_log(&mut self, process: &str) -> anyhow::Result<()> {
        self.n_logs += 1;
        let process_of = match process {
            "server" => Some(&self.world.server),
            "worker" => self.world.worker.as_ref(),
            _ => self.twin.as_ref(),
        };
        let Some(running) = process_of else { return Ok(()) };
        fs::copy(&running.log, self.folder.join(format!("logs/{process}-{:02}.log", self.n_logs)))?;
        Ok(())
    }

    fn signal(&mut self, target: Target, signal: Signal) -> anyhow::Result<()> {
        let process = match target {
            Target::Server => &self.world.server,
            _ => self.world.worker.as_ref().context("worker")?,
        };
        // One that has ended by itself is started again by `revive`.
        if let Some(pid) = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
            kill_process(pid, signal)?;
        }
        Ok(())
    }

    /// Ends connections of the product inside PostgreSQL, whatever they do at the moment.
    async fn terminate(&mut self, skip: i64, n: i64) -> anyhow::Result<()> {
        let ended = self
            .world
            .sql()
            .await?
            .query(
                "select usename::text, coalesce(state, ''), pg_terminate_backend(pid) from (select * from pg_stat_activity \
                 where datname = current_database() and usename in ('shepherd_server', 'shepherd_worker') \
                 order by state = 'idle', pid offset $1 limit $2) a",
                &[&skip, &n],
            )
            .await?;
        for row in ended {
            self.note(&format!(
                "terminated a backend of {} that was {:?}",
                row.get::<_, String>(0),
                row.get::<_, String>(1)
            ))?;
        }
        Ok(())
    }

    /// Kills a backend of PostgreSQL with SIGKILL: it then ends all of them, forgets its memory and recovers from its log.
    async fn crash_database(&mut self) -> anyhow::Result<()> {
        let backend: i32 = self.world.sql().await?.query_one("select pg_backend_pid()", &[]).await?.get(0);
        kill_process(Pid::from_raw(backend).context("process id")?, Signal::KILL)?;
        Ok(())
    }

    async fn database_recovers(&self) -> anyhow::Result<()> {
        until("PostgreSQL's recovery", async || Ok(self.world.sql().await.is_ok().then_some(()))).await
    }

    fn flow(&self, link: Link, flow: Flow) {
        for (_, proxy) in self.links.iter().filter(|(one, _)| *one == link) {
            proxy.set(flow);
        }
    }

    fn note(&mut self, what: &str) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(&Fault { at: Utc::now(), what: what.to_owned() })?;
        line.push(b'\n');
        Ok(self.faults.write_all(&line)?)
    }
}

/// Has sessions of this database wait for the log, whatever the server's command line says: what is acknowledged outlives
/// a crash.
async fn commits_wait_for_the_log(database: &Database) -> anyhow::Result<()> {
    let setting = "do $$ begin \
        execute format('alter database %I set synchronous_commit = on', current_database()); end $$";
    Ok(database.admin().await?.batch_execute(setting).await?)
}

fn start_twin(world: &World) -> anyhow::Result<Process> {
    let mut environment = world.worker_environment()?;
    environment.push(("SHEPHERD_WORKER_LISTEN", "127.0.0.1:0".to_owned()));
    Process::start("shepherd-worker", &[], &environment)
}

fn name(target: Target) -> &'static str {
    if target == Target::Server { "server" } else { "worker" }
}

/// An address that stays the same when its process starts again.
fn free_address() -> anyhow::Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
