//! What can be asked for, and the System and Service that ask.

use anyhow::Result;
use serde_json::{Value, json};

use crate::client::{Client, field};

/// The ids a request names.
pub struct Wish {
    pub service_id: String,
    pub namespace_id: String,
    pub template_id: String,
    pub instance_size_id: String,
}

pub fn make(admin: &Client, requester: &Client) -> Result<Wish> {
    let system_id = ensure(requester, "/systems", "shop", &json!({"name": "shop", "description": "Web shop"}))?;
    Ok(Wish {
        service_id: ensure(requester, "/services", "web", &json!({"system_id": system_id, "name": "web"}))?,
        namespace_id: ensure(admin, "/namespaces", "demo", &json!({"name": "demo", "environment": "test"}))?,
        template_id: make_template(admin)?,
        instance_size_id: ensure(admin, "/instance-sizes", "small", &small())?,
    })
}

/// The object of this name, made when there is none.
pub fn ensure(client: &Client, collection: &str, name: &str, body: &Value) -> Result<String> {
    match find(client, collection, name)? {
        Some(found) => field(&found, "id"),
        None => field(&client.post(collection, body)?, "id"),
    }
}

pub fn find(client: &Client, collection: &str, name: &str) -> Result<Option<Value>> {
    let list = client.get(&format!("{collection}?per_page=100"))?;
    let items = list["items"].as_array().cloned().unwrap_or_default();
    Ok(items.into_iter().find(|item| item["name"] == name))
}

fn make_template(admin: &Client) -> Result<String> {
    let body = json!({
        "name": "ubuntu",
        "display_name": "Ubuntu 24.04",
        "os_family": "linux",
        "os_version": "24.04",
        "boot_source": {"kind": "container_disk", "image": "quay.io/containerdisks/ubuntu:24.04"},
        "cloud_init": "#cloud-config\nssh_pwauth: false\n",
    });
    let template = match find(admin, "/templates", "ubuntu")? {
        Some(found) => found,
        None => admin.post("/templates", &body)?,
    };
    let id = field(&template, "id")?;
    if template["status"] == "draft" {
        admin.post(&format!("/templates/{id}/activate"), &json!({}))?;
    }
    Ok(id)
}

fn small() -> Value {
    json!({
        "name": "small",
        "display_name": "Small",
        "cpu_cores": 1,
        "memory_mib": 1024,
        "disk": {"default_gib": 10, "min_gib": 10, "max_gib": 40},
    })
}
