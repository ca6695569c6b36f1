//! A valid call of each operation, in a world where its ids exist.

use serde_json::{Value, json};
use shepherd_tests::contract::Operation;
use shepherd_tests::environment::variable;
use shepherd_tests::{Answer, Client, World};
use uuid::Uuid;

pub const PASSWORD: &str = "pear meadow 8213 snow";

/// What calls stand on.
pub struct Calls<'a> {
    pub world: &'a World,
    pub ticket: String,
    kubeconfig: String,
}

impl<'a> Calls<'a> {
    pub async fn of(world: &'a World) -> anyhow::Result<Self> {
        let kubeconfig = std::fs::read_to_string(variable("SHEPHERD_TEST_WORKER_KUBECONFIG")?)?;
        Ok(Self { world, ticket: world.submit().await?, kubeconfig })
    }

    /// Id of the thing that the operation is about; of nothing where the world has none.
    pub fn id(&self, operation: &Operation) -> String {
        let world = self.world;
        let kind = operation.path.split('/').nth(3).unwrap_or_default();
        match kind {
            "systems" => world.system.clone(),
            "services" => world.service.clone(),
            "namespaces" => world.namespace.clone(),
            "templates" => world.template.clone(),
            "instance-sizes" => world.instance_size.clone(),
            "clusters" => world.cluster.clone(),
            "users" => world.requester.id.clone(),
            "tickets" => self.ticket.clone(),
            _ => Uuid::new_v4().to_string(),
        }
    }

    /// A body that the operation would take.
    pub fn body(&self, operation: &str) -> Option<Value> {
        let world = self.world;
        let disk = json!({"default_gib": 10, "min_gib": 5, "max_gib": 50});
        let image = json!({"kind": "container_disk", "image": "quay.io/containerdisks/fedora:latest"});
        Some(match operation {
            "system_create" => json!({"name": "walk"}),
            "service_create" => json!({"system_id": world.system, "name": "walk"}),
            "system_update" | "service_update" => json!({"description": "walked"}),
            "namespace_create" => json!({"name": "walk", "environment": "test"}),
            "namespace_update" => json!({"description": "walked"}),
            "template_create" => json!({"name": "walk", "display_name": "Walk", "boot_source": image}),
            "instance_size_create" => json!({
                "name": "walk", "display_name": "Walk", "cpu_cores": 1, "memory_mib": 1024, "disk": disk,
            }),
            "template_update" | "instance_size_update" | "cluster_update" | "user_update" => {
                json!({"display_name": "Walked"})
            }
            "cluster_register" => json!({"name": "walk", "environment": "test", "kubeconfig": self.kubeconfig}),
            "cluster_rotate" => json!({"kubeconfig": self.kubeconfig}),
            "user_create" => json!({"username": "walter", "display_name": "Walter", "password": PASSWORD}),
            "password_reset" => json!({"password": PASSWORD}),
            "password_change" => json!({"current_password": "only for the first day 99", "new_password": PASSWORD}),
            "role_binding_create" => json!({"principal_id": world.requester.id, "role": "Viewer"}),
            "session_create" | "token_create" => json!({"username": "walter", "password": PASSWORD}),
            "token_refresh" => json!({"refresh_token": "nothing"}),
            "setup_complete" => {
                json!({"token": "nothing", "username": "eve", "display_name": "Eve", "password": PASSWORD})
            }
            "ticket_submit" => world.request(),
            "ticket_preview" => json!({"cluster_id": world.cluster}),
            "ticket_approve" => json!({"cluster_id": world.cluster, "digest": format!("sha256:{}", "0".repeat(64))}),
            "ticket_reject" | "ticket_abandon" => json!({"reason": "the walk"}),
            _ => return None,
        })
    }
}

/// Calls an operation.
pub async fn call(who: &Client, operation: &Operation, id: &str, body: Option<Value>) -> anyhow::Result<Answer> {
    call_with_key(who, operation, id, body, None).await
}

/// Calls an operation, with an `Idempotency-Key` if it takes one.
pub async fn call_with_key(
    who: &Client,
    operation: &Operation,
    id: &str,
    body: Option<Value>,
    key: Option<&str>,
) -> anyhow::Result<Answer> {
    let Some(path) = operation.at(id) else { anyhow::bail!("{} is outside", operation.id) };
    let mut request = who.request(operation.method.clone(), &path);
    if let Some(key) = key.filter(|_| operation.takes_key) {
        request = request.header("Idempotency-Key", key);
    }
    shepherd_tests::client::send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// Code of a problem.
pub fn code(answer: &Answer) -> &str {
    answer.body["code"].as_str().unwrap_or_default()
}
