//! Audit leaves: what happened, written in the transaction in which it happened.

use diesel::prelude::*;
use serde_json::{Value, json};
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::digest;
use shepherd_domain::ids::{ROOT_TENANT, TenantId, WorkspaceId};
use shepherd_domain::redact::redact;
use std::fmt::Display;
use uuid::Uuid;

use crate::actor::Actor;
use crate::ctx::{Caller, Ctx};
use crate::schema::audit_leaves;

/// What an act was done to. The name is copied, so that the record outlives the thing.
#[derive(Clone, Debug)]
pub struct Resource {
    kind: &'static str,
    id: String,
    name: String,
}

impl Resource {
    pub fn new(kind: &'static str, id: impl Display, name: impl Into<String>) -> Self {
        Self { kind, id: id.to_string(), name: name.into() }
    }
}

/// One record of the audit log, before it is stored.
#[derive(Clone, Debug)]
pub struct Leaf {
    action: Action,
    outcome: Outcome,
    resource: Resource,
    workspace: Option<WorkspaceId>,
    details: Value,
    spec_digest: Option<String>,
    platform: bool,
}

impl Leaf {
    /// Record of an act that succeeded. `details` are redacted before they are stored.
    pub fn new(action: Action, resource: Resource, details: Value) -> Self {
        let outcome = Outcome::Succeeded;
        Self { action, outcome, resource, workspace: None, details, spec_digest: None, platform: false }
    }

    /// Workspace in which it happened.
    pub fn workspace(mut self, id: WorkspaceId) -> Self {
        self.workspace = Some(id);
        self
    }

    /// Digest of the spec that it was about.
    pub fn digest(mut self, digest: impl Into<String>) -> Self {
        self.spec_digest = Some(digest.into());
        self
    }

    /// How it ended, when not well.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// An act on what all tenants share; it is recorded under the tenant `root`.
    pub fn platform(mut self) -> Self {
        self.platform = true;
        self
    }

    /// Adds a member to the details.
    pub(crate) fn add(&mut self, name: &str, value: Value) {
        match &mut self.details {
            Value::Object(members) => {
                members.insert(name.to_owned(), value);
            }
            other => *other = json!({"details": other.take(), (name): value}),
        }
    }

    pub(crate) fn action(&self) -> Action {
        self.action
    }

    pub(crate) fn tenant(&self, ctx: &Ctx) -> TenantId {
        if self.platform { ROOT_TENANT } else { ctx.tenant }
    }

    pub(crate) fn row(self, ctx: &Ctx, actor: &Actor) -> LeafRow {
        let run = match &ctx.caller {
            Caller::System(run) => run.clone(),
            _ => Default::default(),
        };
        let mut row = LeafRow {
            tenant_id: self.tenant(ctx).0,
            id: Uuid::now_v7(),
            action: self.action.as_str(),
            outcome: self.outcome.as_str(),
            actor_id: actor.principal.0,
            actor_name: actor.name.clone(),
            session_id: actor.session.map(|id| id.0),
            resource_type: self.resource.kind,
            resource_id: self.resource.id,
            resource_name: self.resource.name,
            workspace_id: self.workspace.map(|id| id.0),
            details: redact(&self.details),
            spec_digest: self.spec_digest,
            workflow_id: run.workflow_id,
            run_id: run.run_id,
            request_id: ctx.request_id.0,
            source: ctx.source.as_str(),
            ip: ctx.ip.clone(),
            user_agent: ctx.user_agent.clone(),
            leaf_hash: Vec::new(),
        };
        row.leaf_hash = row.hash();
        row
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit_leaves)]
pub(crate) struct LeafRow {
    tenant_id: Uuid,
    id: Uuid,
    action: &'static str,
    outcome: &'static str,
    actor_id: Uuid,
    actor_name: String,
    #[diesel(treat_none_as_default_value = false)]
    session_id: Option<Uuid>,
    resource_type: &'static str,
    resource_id: String,
    resource_name: String,
    #[diesel(treat_none_as_default_value = false)]
    workspace_id: Option<Uuid>,
    details: Value,
    #[diesel(treat_none_as_default_value = false)]
    spec_digest: Option<String>,
    #[diesel(treat_none_as_default_value = false)]
    workflow_id: Option<String>,
    #[diesel(treat_none_as_default_value = false)]
    run_id: Option<String>,
    request_id: Uuid,
    source: &'static str,
    #[diesel(treat_none_as_default_value = false)]
    ip: Option<String>,
    #[diesel(treat_none_as_default_value = false)]
    user_agent: Option<String>,
    leaf_hash: Vec<u8>,
}

impl LeafRow {
    /// Hash over everything but the time, which the database sets.
    fn hash(&self) -> Vec<u8> {
        digest::sha256(&json!({
            "tenant_id": self.tenant_id, "id": self.id, "action": self.action, "outcome": self.outcome,
            "actor_id": self.actor_id, "actor_name": self.actor_name, "session_id": self.session_id,
            "resource_type": self.resource_type, "resource_id": self.resource_id,
            "resource_name": self.resource_name, "workspace_id": self.workspace_id, "details": self.details,
            "spec_digest": self.spec_digest, "workflow_id": self.workflow_id, "run_id": self.run_id,
            "request_id": self.request_id, "source": self.source, "ip": self.ip, "user_agent": self.user_agent,
        }))
        .to_vec()
    }
}
