//! A whole product with people, a catalogue and a cluster, for one test.

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio_postgres::Client as Sql;
use uuid::Uuid;

use crate::client::{Client, text};
use crate::database::Database;
use crate::environment::variable;
use crate::people::{Person, hire, set_up};
use crate::process::Process;
use crate::until;

/// Everything of one test. Processes end with it.
pub struct World {
    pub database: Database,
    pub server: Process,
    pub worker: Option<Process>,
    /// Where the worker that was started last answers about itself.
    pub worker_url: String,
    pub anonymous: Client,
    pub admin: Person,
    pub requester: Person,
    pub approver: Person,
    pub second_approver: Person,
    pub cluster: String,
    pub system: String,
    pub service: String,
    pub namespace: String,
    /// Name of the namespace, unique in the whole cluster.
    pub namespace_name: String,
    pub template: String,
    pub instance_size: String,
    /// More for the environment of workers that are started from now on.
    pub worker_settings: Vec<(&'static str, String)>,
    queue: String,
    server_settings: Vec<(&'static str, String)>,
}

impl World {
    /// A product whose cluster has passed its check.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub async fn start() -> anyhow::Result<Self> {
        Self::with(&[]).await
    }

    /// The same with settings of the server.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub async fn with(settings: &[(&'static str, String)]) -> anyhow::Result<Self> {
        let mut world = Self::without_worker(settings).await?;
        world.start_worker().await?;
        world.cluster_passes().await?;
        Ok(world)
    }

    /// A product whose worker is not running yet: nothing reaches Temporal or a cluster.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub async fn without_worker(settings: &[(&'static str, String)]) -> anyhow::Result<Self> {
        Self::on(Database::create().await?, settings).await
    }

    /// The same on a database of the caller's.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub async fn on(database: Database, settings: &[(&'static str, String)]) -> anyhow::Result<Self> {
        let server_settings = server_environment(&database, settings)?;
        let (server, anonymous, admin) = first_server(&server_settings).await?;
        let requester = hire(&admin, &anonymous, "rita", &["Operator"]).await?;
        let approver = hire(&admin, &anonymous, "anton", &["Approver"]).await?;
        let second_approver = hire(&admin, &anonymous, "berta", &["Approver"]).await?;
        let kubeconfig = std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?;
        let cluster = json!({"name": "local", "environment": "test", "kubeconfig": kubeconfig});
        let cluster = id(admin.post("/clusters", &cluster).await?.expect(202)?)?;
        let template = json!({
            "name": "fedora", "display_name": "Fedora", "cloud_init": "#cloud-config\n",
            "boot_source": {"kind": "container_disk", "image": "quay.io/containerdisks/fedora:latest"},
        });
        let template = id(admin.post("/templates", &template).await?.expect(201)?)?;
        admin.post(&format!("/templates/{template}/activate"), &json!({})).await?.expect(200)?;
        let size = json!({
            "name": "small", "display_name": "Small", "cpu_cores": 1, "memory_mib": 1024,
            "disk": {"default_gib": 10, "min_gib": 5, "max_gib": 50},
        });
        let instance_size = id(admin.post("/instance-sizes", &size).await?.expect(201)?)?;
        let namespace_name = format!("n{}", &Uuid::new_v4().simple().to_string()[..12]);
        let namespace = json!({"name": namespace_name, "environment": "test"});
        let namespace = id(admin.post("/namespaces", &namespace).await?.expect(201)?)?;
        let system = id(requester.post("/systems", &json!({"name": "shop"})).await?.expect(201)?)?;
        let service = json!({"system_id": system, "name": "web"});
        let service = id(requester.post("/services", &service).await?.expect(201)?)?;
        let queue = format!("test-{}", Uuid::new_v4().simple());
        Ok(Self {
            database,
            server,
            worker: None,
            worker_url: String::new(),
            anonymous,
            admin,
            requester,
            approver,
            second_approver,
            cluster,
            system,
            service,
            namespace,
            namespace_name,
            template,
            instance_size,
            worker_settings: Vec::new(),
            queue,
            server_settings,
        })
    }

    /// Starts a worker; a second one at will.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start_worker(&mut self) -> anyhow::Result<()> {
        let mut worker = Process::start("shepherd-worker", &[], &self.worker_environment()?)?;
        let ready = worker.event("ready").await?;
        self.worker_url = text(&ready, "url")?.to_owned();
        self.worker = Some(worker);
        Ok(())
    }

    /// Kills the server, if it still runs, and starts it again where it was, with `more` in its environment.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn restart_server(&mut self, more: &[(&'static str, String)]) -> anyhow::Result<()> {
        let address = self.anonymous.base().trim_start_matches("http://").to_owned();
        let mut settings = self.server_settings.clone();
        settings.push(("SHEPHERD_LISTEN", address));
        settings.extend(more.iter().cloned());
        self.server.end().await?;
        self.server = Process::start("shepherd-server", &["serve"], &settings)?;
        self.server.event("ready").await?;
        Ok(())
    }

    /// What a worker of this world is started with.
    ///
    /// # Errors
    /// When the run has no Temporal.
    pub fn worker_environment(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        let mut environment = vec![
            ("WORKER_DATABASE_URL", self.database.worker_url()?),
            ("TEMPORAL_ADDRESS", variable("TEMPORAL_ADDRESS")?),
            ("SHEPHERD_TASK_QUEUE", self.queue.clone()),
            ("SHEPHERD_WORKER_LISTEN", "127.0.0.1:0".to_owned()),
            ("SHEPHERD_EGRESS_ALLOW", "127.0.0.0/8".to_owned()),
        ];
        environment.extend(self.worker_settings.iter().cloned());
        Ok(environment)
    }

    /// Kills the worker with SIGKILL.
    ///
    /// # Errors
    /// When none is running.
    pub async fn kill_worker(&mut self) -> anyhow::Result<()> {
        self.worker.take().context("no worker")?.kill().await
    }

    /// Waits until the cluster has passed its check.
    ///
    /// # Errors
    /// When it does not, with the verdict.
    pub async fn cluster_passes(&self) -> anyhow::Result<()> {
        let path = format!("/clusters/{}", self.cluster);
        until("the cluster's check", async || {
            let cluster = self.admin.get(&path).await?.expect(200)?;
            match cluster["status"].as_str() {
                Some("HEALTHY") => Ok(Some(())),
                Some("UNKNOWN") => Ok(None),
                _ => anyhow::bail!("the cluster did not pass: {cluster}"),
            }
        })
        .await
    }

    /// Whether the worker is ready, and the state of each dependency.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn worker_health(&self) -> anyhow::Result<(bool, Value)> {
        let answer = reqwest::get(format!("{}/health/ready", self.worker_url)).await?;
        Ok((answer.status().is_success(), answer.json().await?))
    }

    /// Name of the schedule that compares this world's tickets with their runs.
    pub fn schedule(&self) -> String {
        format!("reconcile-{}", self.queue)
    }

    /// Body of a request for a VM.
    pub fn request(&self) -> Value {
        json!({
            "service_id": self.service, "namespace_id": self.namespace, "template_id": self.template,
            "instance_size_id": self.instance_size, "reason": "a test needs it",
        })
    }

    /// Makes a template whose root disk is a volume, and answers its id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn template_with_disk(&self) -> anyhow::Result<String> {
        let template = json!({
            "name": "debian", "display_name": "Debian",
            "boot_source": {"kind": "cdi_import", "url": "https://images.example/debian.qcow2"},
        });
        let template = id(self.admin.post("/templates", &template).await?.expect(201)?)?;
        self.admin.post(&format!("/templates/{template}/activate"), &json!({})).await?.expect(200)?;
        Ok(template)
    }

    /// Submits a request and answers the ticket's id.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn submit(&self) -> anyhow::Result<String> {
        id(self.requester.post("/tickets", &self.request()).await?.expect(202)?)
    }

    /// Previews and approves a ticket as the first approver.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn approve(&self, ticket: &str) -> anyhow::Result<()> {
        let digest = self.digest(ticket).await?;
        let body = json!({"cluster_id": self.cluster, "digest": digest});
        self.approver.post(&format!("/tickets/{ticket}/approve"), &body).await?.expect(202)?;
        Ok(())
    }

    /// Digest of what would be approved.
    ///
    /// # Errors
    /// When the preview is refused.
    pub async fn digest(&self, ticket: &str) -> anyhow::Result<String> {
        let body = json!({"cluster_id": self.cluster});
        let preview = self.approver.post(&format!("/tickets/{ticket}/preview"), &body).await?.expect(200)?;
        Ok(text(&preview, "digest")?.to_owned())
    }

    /// Waits until a ticket is in one of `states` and answers it whole.
    ///
    /// # Errors
    /// When it does not get there, or ends elsewhere.
    pub async fn ticket_in(&self, ticket: &str, states: &[&str]) -> anyhow::Result<Value> {
        let path = format!("/tickets/{ticket}");
        let mut last = Value::Null;
        let what = format!("ticket in {states:?}");
        let found = until(&what, async || {
            last = self.requester.get(&path).await?.expect(200)?;
            let state = text(&last, "state")?;
            if states.contains(&state) {
                return Ok(Some(last.clone()));
            }
            let ended = ["REJECTED", "CANCELLED", "EXPIRED", "SUCCESS", "FAILED"].contains(&state);
            anyhow::ensure!(!ended, "ended as {state}: {last}");
            Ok(None)
        });
        found.await.with_context(|| self.worker.as_ref().map(Process::end_of_log).unwrap_or_default())
    }

    /// A connection past row-level security.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn sql(&self) -> anyhow::Result<Sql> {
        self.database.admin().await
    }

    /// Actions of the audit log about a ticket, oldest first.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn story(&self, ticket: &str) -> anyhow::Result<Vec<String>> {
        let rows = self
            .sql()
            .await?
            .query(
                "select action || ':' || outcome from audit_leaves where resource_id = $1 order by at, id",
                &[&ticket],
            )
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

fn server_environment(
    database: &Database,
    settings: &[(&'static str, String)],
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut environment = vec![
        ("DATABASE_URL", database.server_url()?),
        ("SHEPHERD_LISTEN", "127.0.0.1:0".to_owned()),
        ("SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", "1000".to_owned()),
    ];
    environment.extend(settings.iter().cloned());
    Ok(environment)
}

async fn first_server(settings: &[(&'static str, String)]) -> anyhow::Result<(Process, Client, Person)> {
    let mut server = Process::start("shepherd-server", &["serve"], settings)?;
    let setup = server.event("setup").await?;
    let ready = server.event("ready").await?;
    let anonymous = Client::anonymous(text(&ready, "url")?);
    let admin = set_up(&anonymous, text(&setup, "token")?).await?;
    Ok((server, anonymous, admin))
}

fn id(body: Value) -> anyhow::Result<String> {
    Ok(text(&body, "id")?.to_owned())
}
