//! A product with fifty Systems and many requesters, filled through its API: what submits are sent to.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use shepherd_tests::World;
use shepherd_tests::client::text;
use shepherd_tests::people::{Person, hire};

use crate::http::{Answer, Connection};
use crate::load::Caller;

const SYSTEMS: usize = 50;
const NAMESPACES: usize = 50;
const SIZES: usize = 20;
/// Signed-in requesters, each on a connection of their own.
pub(crate) const REQUESTERS: usize = 32;

/// A product that is ready for load.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) requesters: Vec<Person>,
    pub(crate) services: Vec<String>,
    pub(crate) namespaces: Vec<String>,
    pub(crate) sizes: Vec<String>,
}

impl Shop {
    /// A product without a worker: nothing takes the orders, as in an outage of everything but the database.
    ///
    /// # Errors
    /// When any part cannot be had.
    pub(crate) async fn open() -> Result<Self> {
        Self::on(World::without_worker(&[]).await?).await
    }

    /// Fills a product.
    ///
    /// # Errors
    /// When it refuses anything.
    pub(crate) async fn on(world: World) -> Result<Self> {
        let mut requesters = Vec::new();
        for nth in 0..REQUESTERS {
            requesters.push(hire(&world.admin, &world.anonymous, &format!("requester-{nth}"), &["Operator"]).await?);
        }
        let mut services = Vec::new();
        for nth in 0..SYSTEMS {
            let system = made(&world.requester, "/systems", &json!({"name": format!("system-{nth}")})).await?;
            let service = json!({"system_id": system, "name": "web"});
            services.push(made(&world.requester, "/services", &service).await?);
        }
        let mut namespaces = Vec::new();
        for nth in 0..NAMESPACES {
            let name = format!("{}-{nth}", &world.namespace_name[..10]);
            namespaces.push(made(&world.admin, "/namespaces", &json!({"name": name, "environment": "test"})).await?);
        }
        let mut sizes = Vec::new();
        for nth in 0..SIZES {
            let size = json!({
                "name": format!("size-{nth}"), "display_name": format!("Size {nth}"), "cpu_cores": 1,
                "memory_mib": 1024, "disk": {"default_gib": 10, "min_gib": 5, "max_gib": 50},
            });
            sizes.push(made(&world.admin, "/instance-sizes", &size).await?);
        }
        Ok(Self { world, requesters, services, namespaces, sizes })
    }

    /// A further template: requests for the same of another template do not stand in each other's way.
    ///
    /// # Errors
    /// When the product refuses it.
    pub(crate) async fn template(&self, name: &str) -> Result<String> {
        let template = json!({
            "name": name, "display_name": name, "cloud_init": "#cloud-config\n",
            "boot_source": {"kind": "container_disk", "image": "quay.io/containerdisks/fedora:latest"},
        });
        let id = made(&self.world.admin, "/templates", &template).await?;
        self.world.admin.post(&format!("/templates/{id}/activate"), &json!({})).await?.expect(200)?;
        Ok(id)
    }

    /// Everybody who submits requests for a template, each with their own session, connection and keys.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn submitters(&self, template: &str) -> Result<Vec<Submitter>> {
        self.submitters_of(template, self.requesters.len()).await
    }

    /// The same on so many connections, each requester having several.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) async fn submitters_of(&self, template: &str, n: usize) -> Result<Vec<Submitter>> {
        let mut submitters = Vec::new();
        let sharing = n.div_ceil(self.requesters.len());
        for nth in 0..n {
            let person = nth % self.requesters.len();
            let connection = Connection::open(self.world.anonymous.base(), self.requesters[person].token()).await?;
            // Those who share a person take turns in what that person asks for.
            let bodies = self.bodies(person, template).skip(nth / self.requesters.len()).step_by(sharing);
            submitters.push(Submitter { connection, key: format!("{template}-{nth}"), n: 0, bodies: Box::new(bodies) });
        }
        Ok(submitters)
    }

    /// Different requests of one person: nobody may have two undecided ones for the same.
    pub(crate) fn bodies(&self, person: usize, template: &str) -> impl Iterator<Item = String> + Send + use<> {
        let Self { services, namespaces, sizes, .. } = self;
        let (services, namespaces, sizes) = (services.clone(), namespaces.clone(), sizes.clone());
        let template = template.to_owned();
        let n = services.len() * namespaces.len() * sizes.len();
        (0..n).map(move |nth| {
            let service = &services[(nth + person) % services.len()];
            let namespace = &namespaces[nth / services.len() % namespaces.len()];
            let size = &sizes[nth / services.len() / namespaces.len()];
            json!({
                "service_id": service, "namespace_id": namespace, "template_id": template, "instance_size_id": size,
                "reason": "a test needs it",
            })
            .to_string()
        })
    }
}

/// Somebody who submits one request after the other.
pub(crate) struct Submitter {
    connection: Connection,
    key: String,
    n: u64,
    bodies: Box<dyn Iterator<Item = String> + Send>,
}

impl Submitter {
    /// Submits a request that nobody else makes, under a key of its own.
    ///
    /// # Errors
    /// When the connection breaks, or there is nothing left to ask for.
    pub(crate) async fn submit(&mut self) -> Result<Answer> {
        let body = self.bodies.next().context("all different requests are made: fewer or shorter rounds")?;
        self.n += 1;
        let key = format!("{}-{}", self.key, self.n);
        self.connection.post("/api/v1/tickets", Some(&key), body).await
    }
}

impl Caller for Submitter {
    async fn call(&mut self) -> Result<u16> {
        Ok(self.submit().await?.status)
    }
}

async fn made(person: &Person, path: &str, body: &Value) -> Result<String> {
    let made = person.post(path, body).await?.expect(201).with_context(|| format!("POST {path}"))?;
    Ok(text(&made, "id")?.to_owned())
}
