//! Tenants for tests of the store itself, written straight into the tables: the product has no operation yet that
//! makes a second one.

use anyhow::Context as _;
use shepherd_domain::ids::{
    ClusterId, InstanceSizeId, NamespaceId, RequestId, SYSTEM_PRINCIPAL, ServiceId, SessionId, TemplateId, TenantId,
};
use shepherd_store::tickets::Submission;
use shepherd_store::{Caller, Ctx, Source};
use std::time::Duration;
use tokio_postgres::Client as Sql;
use uuid::Uuid;

/// What all tenants share.
pub struct Catalogue {
    pub cluster: ClusterId,
    pub template: TemplateId,
    pub sizes: Vec<InstanceSizeId>,
}

/// A tenant with a requester, an approver and one System. Two of them differ in nothing but ids.
pub struct Tenant {
    pub id: TenantId,
    pub requester: Uuid,
    pub system: Uuid,
    pub services: Vec<ServiceId>,
    pub namespaces: Vec<NamespaceId>,
    requests: SessionId,
    approves: SessionId,
}

impl Catalogue {
    /// A healthy cluster, an active template and that many sizes.
    pub async fn create(sql: &Sql, sizes: u32) -> anyhow::Result<Self> {
        let (cluster, template) = (Uuid::now_v7(), Uuid::now_v7());
        sql.batch_execute(&format!(
            "insert into clusters (id, name, display_name, environment, api_server_url, sealed_kubeconfig, \
               encryption_key_id, status, checked_at, created_by) \
             values ('{cluster}', 'local', 'local', 'test', 'https://127.0.0.1', '', '', 'HEALTHY', now(), '{cluster}'); \
             insert into templates (id, name, version, status, display_name, spec, created_by) \
             values ('{template}', 'fedora', 1, 'active', 'Fedora', \
               '{{\"boot_source\": {{\"kind\": \"container_disk\", \"image\": \"fedora:latest\"}}}}', '{template}'); \
             insert into instance_sizes (id, name, display_name, spec, created_by) \
             select gen_random_uuid(), 's' || i, 'Size', '{{\"cpu_cores\": 1, \"memory_mib\": 1024, \
               \"disk\": {{\"default_gib\": 10, \"min_gib\": 5, \"max_gib\": 50}}}}', '{template}' \
             from generate_series(1, {sizes}) as i"
        ))
        .await?;
        let sizes = ids(sql, "select id::text from instance_sizes").await?;
        let sizes = sizes.into_iter().map(InstanceSizeId).collect();
        Ok(Self { cluster: ClusterId(cluster), template: TemplateId(template), sizes })
    }
}

impl Tenant {
    /// A tenant of that name with two Services and that many namespaces.
    pub async fn create(sql: &Sql, slug: &str, namespaces: u32) -> anyhow::Result<Self> {
        let [id, requester, approver, workspace, system, requests, approves] = std::array::from_fn(|_| Uuid::now_v7());
        let shepherd = SYSTEM_PRINCIPAL;
        sql.batch_execute(&format!(
            "insert into tenants (id, slug, name) values ('{id}', '{slug}', '{slug}'); \
             insert into principals (tenant_id, id, kind, username, display_name, created_by) values \
               ('{id}', '{shepherd}', 'SYSTEM', 'system', 'Shepherd', '{shepherd}'), \
               ('{id}', '{requester}', 'USER', 'rita', 'Rita', '{shepherd}'), \
               ('{id}', '{approver}', 'USER', 'anton', 'Anton', '{shepherd}'); \
             insert into workspaces (tenant_id, id, name, region) values ('{id}', '{workspace}', 'default', 'default'); \
             insert into role_bindings (tenant_id, id, principal_id, role, workspace_id, source, granted_by) values \
               ('{id}', gen_random_uuid(), '{requester}', 'Operator', '{workspace}', 'manual', '{shepherd}'), \
               ('{id}', gen_random_uuid(), '{approver}', 'Approver', '{workspace}', 'manual', '{shepherd}'); \
             insert into sessions (tenant_id, id, principal_id, kind, secret_hash, ip, user_agent, expires_at) \
             select '{id}', s, p, 'API', sha256(s::text::bytea), '', '', now() + interval '1 hour' from (values \
               ('{requests}'::uuid, '{requester}'::uuid), ('{approves}', '{approver}')) as x (s, p); \
             insert into systems (tenant_id, id, workspace_id, name, created_by) \
             values ('{id}', '{system}', '{workspace}', 'shop', '{requester}'); \
             insert into services (tenant_id, id, system_id, name, created_by) \
             select '{id}', gen_random_uuid(), '{system}', 'web' || i, '{requester}' from generate_series(1, 2) as i; \
             insert into namespaces (tenant_id, id, name, physical_name, environment, created_by) \
             select '{id}', gen_random_uuid(), 'n' || i, '{slug}--n' || i, 'test', '{requester}' \
             from generate_series(1, {namespaces}) as i"
        ))
        .await?;
        let services = ids(sql, &format!("select id::text from services where tenant_id = '{id}'")).await?;
        let namespaces = ids(sql, &format!("select id::text from namespaces where tenant_id = '{id}'")).await?;
        Ok(Self {
            id: TenantId(id),
            requester,
            system,
            services: services.into_iter().map(ServiceId).collect(),
            namespaces: namespaces.into_iter().map(NamespaceId).collect(),
            requests: SessionId(requests),
            approves: SessionId(approves),
        })
    }

    /// The requester, in a request of their own.
    pub fn requester(&self) -> Ctx {
        self.person(self.requests)
    }

    /// The approver, in a request of their own.
    pub fn approver(&self) -> Ctx {
        self.person(self.approves)
    }

    fn person(&self, id: SessionId) -> Ctx {
        Ctx {
            caller: Caller::Session { id, proof: None },
            source: Source::Api,
            ..Ctx::system(self.id, RequestId(Uuid::now_v7()), shepherd_store::Run::default())
        }
    }

    /// A request for a VM.
    pub fn submission(&self, catalogue: &Catalogue, service: usize, namespace: usize, size: usize) -> Submission {
        Submission {
            service: self.services[service % self.services.len()],
            namespace: self.namespaces[namespace % self.namespaces.len()],
            template: catalogue.template,
            instance_size: catalogue.sizes[size % catalogue.sizes.len()],
            disk_gib: None,
            reason: "a test needs it".to_owned(),
            timeout: Duration::from_secs(600),
        }
    }
}

async fn ids(sql: &Sql, query: &str) -> anyhow::Result<Vec<Uuid>> {
    let rows = sql.query(query, &[]).await?;
    rows.iter().map(|row| row.get::<_, &str>(0).parse().context("id")).collect()
}
