//! The database, read past row-level security in one read-only snapshot, with statements of our own.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::audit::Record;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)+ })+) => {
        $($(#[$doc])* #[derive(Clone, Debug, Serialize, Deserialize)] pub struct $name { $(pub $field: $type,)+ })+
    };
}

rows! {
    /// Somebody.
    Principal { tenant_id: Uuid, id: Uuid, kind: String, username: String, enabled: bool, created_by: Uuid, }
    /// A role that somebody holds.
    Binding { tenant_id: Uuid, principal_id: Uuid, role: String, workspace_id: Option<Uuid>, granted_by: Uuid, }
    /// A request for a machine.
    Ticket {
        tenant_id: Uuid, id: Uuid, workspace_id: Uuid, service_id: Uuid, requester_id: Uuid, instance: i64,
        vm_name: String, state: String, run_state: Option<String>, abandoned_by: Option<Uuid>,
        created_at: DateTime<Utc>, updated_at: DateTime<Utc>, finished_at: Option<DateTime<Utc>>,
    }
    /// A decision, pending or taken.
    Request {
        id: Uuid, ticket_id: Uuid, requester_id: Uuid, state: String, expires_at: DateTime<Utc>,
        decided_by: Option<Uuid>, cluster_id: Option<Uuid>, manifest: Option<Value>, digest: Option<String>,
    }
    /// A step of a run.
    Step { ticket_id: Uuid, name: String, state: String, attempt: i32, }
    /// A namespace that machines may be made in.
    Namespace { id: Uuid, physical_name: String, }
    /// A machine as the product knows it.
    Vm { id: Uuid, ticket_id: Uuid, physical_namespace: String, name: String, uid: Option<String>, state: String, }
    /// An order to a workflow.
    Order { id: Uuid, subject: String, kind: String, sent_at: Option<DateTime<Utc>>, attempts: i32, last_error: Option<String>, }
    /// A client's key.
    Key { principal_id: Uuid, route: String, key: String, resource_id: Uuid, }
    /// A change of state as it is streamed.
    Event { id: i64, kind: String, resource_id: Uuid, state: String, created_at: DateTime<Utc>, }
    /// A thing that belongs to one tenant.
    Owned { tenant_id: Uuid, id: Uuid, }
}

/// All rows that the invariants speak of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    pub read_at: DateTime<Utc>,
    pub principals: Vec<Principal>,
    pub bindings: Vec<Binding>,
    pub tickets: Vec<Ticket>,
    pub requests: Vec<Request>,
    pub steps: Vec<Step>,
    pub namespaces: Vec<Namespace>,
    pub vms: Vec<Vm>,
    pub orders: Vec<Order>,
    pub keys: Vec<Key>,
    pub events: Vec<Event>,
    pub records: Vec<Record>,
    pub owned: Vec<Owned>,
}

const RECORDS: &str = "select to_jsonb(l) || jsonb_build_object('leaf_hash', encode(leaf_hash, 'hex')) as r \
    from audit_leaves l order by at, id";

const OWNED: &str = "select jsonb_build_object('tenant_id', tenant_id, 'id', id) as r from ( \
    select tenant_id, id from systems union all select tenant_id, id from services \
    union all select tenant_id, id from namespaces union all select tenant_id, id from tickets \
    union all select tenant_id, id from vms union all select tenant_id, id from approval_requests \
    union all select tenant_id, id from sessions union all select tenant_id, id from notifications \
    union all select tenant_id, id from audit_leaves \
    union all select tenant_id, id from principals where kind = 'USER') o";

impl Database {
    /// Reads everything in one snapshot.
    ///
    /// # Errors
    /// When the database does not answer or is not the product's.
    pub async fn read(url: &str) -> anyhow::Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connect to PostgreSQL")?;
        let driving = tokio::spawn(connection);
        let database = Self::snapshot(&client).await;
        drop(client);
        driving.await.context("the connection's task")?.context("the connection")?;
        database
    }

    async fn snapshot(client: &Client) -> anyhow::Result<Self> {
        client.batch_execute("begin transaction isolation level repeatable read read only").await?;
        let all = |table: &str| format!("select to_jsonb(t) as r from {table} t");
        let read_at: Vec<DateTime<Utc>> = rows(client, "select to_jsonb(now()) as r").await?;
        let database = Self {
            read_at: read_at.into_iter().next().context("the time")?,
            principals: rows(client, &all("principals")).await?,
            bindings: rows(client, &all("role_bindings")).await?,
            tickets: rows(client, &all("tickets")).await?,
            requests: rows(client, &all("approval_requests")).await?,
            steps: rows(client, &all("ticket_steps")).await?,
            namespaces: rows(client, &all("namespaces")).await?,
            vms: rows(client, &all("vms")).await?,
            orders: rows(client, &all("outbox")).await?,
            keys: rows(client, &all("idempotency_keys")).await?,
            events: rows(client, "select to_jsonb(e) - 'xid' as r from events e order by id").await?,
            records: rows(client, RECORDS).await?,
            owned: rows(client, OWNED).await?,
        };
        client.batch_execute("commit").await?;
        Ok(database)
    }
}

/// Rows of a query whose one column `r` is JSON.
async fn rows<T: DeserializeOwned>(client: &Client, query: &str) -> anyhow::Result<Vec<T>> {
    let lines = client.query(&format!("select r::text from ({query}) q"), &[]).await?;
    let read = |line: &tokio_postgres::Row| serde_json::from_str(line.get(0)).with_context(|| query.to_owned());
    lines.iter().map(read).collect()
}
