//! The run of an approved ticket, as the worker drives it.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{sql_query, update};
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::digest::SpecDigest;
use shepherd_domain::ids::{ClusterId, PrincipalId, TicketId, WorkspaceId};
use shepherd_domain::manifest::{VmOrder, render};
use shepherd_domain::placement::{ModifiedSpec, approved_disk_gib};
use shepherd_domain::size::SizeSpec;
use shepherd_domain::template::TemplateSpec;
use shepherd_domain::ticket::RunState;
use uuid::Uuid;

use super::{Ticket, find, requests};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::notices::NoticeKind;
use crate::pipeline::All;
use crate::schema::{approval_requests, tickets, vms};
use crate::stored;

/// What a workflow that was woken has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has decided.
    Pending,
    /// Run it: an approved request stands behind it, and the run is marked as started.
    Execute,
    /// Nothing to do; the ticket's final state.
    Finished(String),
}

/// Everything that the activities of a run need.
#[derive(Clone, Debug, QueryableByName)]
pub struct Work {
    #[diesel(embed)]
    pub ticket: Ticket,
    #[diesel(sql_type = SqlUuid)]
    pub cluster_id: Uuid,
    #[diesel(sql_type = Text)]
    pub physical_namespace: String,
    #[diesel(sql_type = Text)]
    pub environment: String,
    #[diesel(sql_type = Text)]
    pub tenant_slug: String,
    #[diesel(sql_type = Text)]
    pub digest: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub vm_uid: Option<String>,
    #[diesel(sql_type = Text)]
    system_name: String,
    #[diesel(sql_type = Text)]
    service_name: String,
    #[diesel(sql_type = Jsonb)]
    template_snapshot: Value,
    #[diesel(sql_type = Jsonb)]
    size_snapshot: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    modified_spec: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    storage_class: Option<String>,
}

impl Work {
    /// The manifest, rendered again from the snapshots of the approval, and its digest. It is applied only when
    /// the digest is the approved one.
    ///
    /// # Errors
    /// `Stored` for a snapshot that cannot be read.
    pub fn rendered(&self) -> Result<(Value, SpecDigest)> {
        let template: TemplateSpec = stored::read(&self.template_snapshot)?;
        let size: SizeSpec = stored::read(&self.size_snapshot)?;
        let modified: Option<ModifiedSpec> = self.modified_spec.as_ref().map(stored::read).transpose()?;
        let manifest = render(&VmOrder {
            ticket: TicketId(self.ticket.id),
            requester: PrincipalId(self.ticket.requester_id),
            system: &self.system_name,
            service: &self.service_name,
            instance: self.ticket.instance,
            name: &self.ticket.vm_name,
            namespace: &self.physical_namespace,
            template: &template,
            size: &size,
            disk_gib: approved_disk_gib(modified.as_ref(), self.ticket.disk_gib, &size),
            storage_class: self.storage_class.as_deref(),
        });
        let digest = SpecDigest::of(ClusterId(self.cluster_id), &self.physical_namespace, &manifest);
        Ok((manifest, digest))
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Finish {
    Success,
    /// What was done was taken back; `fault` says why.
    Failed(Value),
}

/// What the attempt to end a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The ticket has its final state, now or since an earlier attempt.
    Ended,
    /// It was to succeed, but was abandoned before.
    Abandoned,
}

impl Store {
    /// Marks an approved ticket as executing. Safe to repeat.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown ticket.
    pub async fn ticket_claim(&self, ctx: &Ctx, id: TicketId) -> Result<Claim> {
        let mut tx = self.tx(ctx).await?;
        let moved = update(find(ctx, id).filter(tickets::state.eq("APPROVED")))
            .set((tickets::state.eq("EXECUTING"), tickets::run_state.eq(Some("RUNNING"))))
            .returning(Ticket::as_returning());
        let state = find(ctx, id).select(tickets::state);
        let approved = requests(ctx, id)
            .filter(approval_requests::state.eq("APPROVED"))
            .select(approval_requests::digest.assume_not_null());
        let batch = All((moved, state, approved));
        let (moved, state, approved): (Vec<Ticket>, Vec<String>, Vec<String>) = tx.fetch(batch).await?;
        let state = state.into_iter().next().ok_or_else(|| Refusal::not_found("ticket"))?;
        let Some(ticket) = moved.first() else {
            return Ok(match state.as_str() {
                // Approved between two statements: the hint that follows the approval claims it.
                "PENDING" | "APPROVED" => Claim::Pending,
                "EXECUTING" => Claim::Execute,
                _ => Claim::Finished(state),
            });
        };
        let digest = approved.first().ok_or_else(|| Error::Stored("approved ticket without approval".to_owned()))?;
        let leaf = ticket.leaf(Action::ExecutionStart, json!({})).digest(digest.clone());
        let workspace = Some(WorkspaceId(ticket.workspace_id));
        tx.event("ticket", id.0, workspace, Some(ticket.requester_id), "EXECUTING");
        tx.commit(leaf).await?;
        Ok(Claim::Execute)
    }

    /// What a run works on.
    ///
    /// # Errors
    /// `NOT_FOUND` unless the ticket has an approval.
    pub async fn ticket_work(&self, ctx: &Ctx, id: TicketId) -> Result<Work> {
        let work = sql_query(
            "select t.*, r.cluster_id, v.physical_namespace, n.environment, e.slug as tenant_slug, r.digest, \
               v.uid as vm_uid, y.name as system_name, s.name as service_name, r.template_snapshot, r.size_snapshot, \
               r.modified_spec, r.storage_class \
             from tickets t \
             join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id and r.state = 'APPROVED' \
             join vms v on v.tenant_id = t.tenant_id and v.ticket_id = t.id \
             join namespaces n on n.tenant_id = t.tenant_id and n.id = t.namespace_id \
             join systems y on y.tenant_id = t.tenant_id and y.id = t.system_id \
             join services s on s.tenant_id = t.tenant_id and s.id = t.service_id \
             join tenants e on e.id = t.tenant_id \
             where t.tenant_id = $1 and t.id = $2",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0);
        let (_, rows): (_, Vec<Work>) = self.read(ctx, work).await?;
        rows.into_iter().next().ok_or_else(|| Refusal::not_found("ticket").into())
    }

    /// Notes how the run fares. Safe to repeat.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ticket_run_state(
        &self,
        ctx: &Ctx,
        id: TicketId,
        run_state: RunState,
        fault: Option<Value>,
    ) -> Result<()> {
        let action = match run_state {
            RunState::Running => Action::ExecutionStart,
            RunState::Parked => Action::ExecutionPark,
            RunState::Undoing => Action::ExecutionUndo,
            RunState::NeedsOperator => Action::ExecutionNeedsOperator,
        };
        let mut tx = self.tx(ctx).await?;
        let change = update(find(ctx, id).filter(tickets::state.eq("EXECUTING")))
            .filter(
                tickets::run_state
                    .is_distinct_from(Some(run_state.as_str()))
                    .or(tickets::fault.is_distinct_from(fault.clone())),
            )
            .set((tickets::run_state.eq(Some(run_state.as_str())), tickets::fault.eq(fault.clone())))
            .returning(Ticket::as_returning());
        let Some(ticket): Option<Ticket> = tx.one(change).await? else { return Ok(()) };
        if run_state == RunState::NeedsOperator {
            tx.notify_operators(&ticket, NoticeKind::TicketNeedsOperator).await?;
        }
        let workspace = Some(WorkspaceId(ticket.workspace_id));
        tx.event("ticket", id.0, workspace, Some(ticket.requester_id), run_state.as_str());
        tx.commit(ticket.leaf(action, json!({"fault": fault}))).await
    }

    /// Ends a run. Safe to repeat. Success and abandonment race for the row: one that was abandoned cannot succeed,
    /// one that has ended cannot be abandoned.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn ticket_finish(&self, ctx: &Ctx, id: TicketId, finish: Finish) -> Result<RunEnd> {
        let (state, fault, notice) = match finish {
            Finish::Success => ("SUCCESS", None, NoticeKind::TicketSucceeded),
            Finish::Failed(fault) => ("FAILED", Some(fault), NoticeKind::TicketFailed),
        };
        let mut tx = self.tx(ctx).await?;
        let unfinished = find(ctx, id).filter(tickets::state.eq_any(["EXECUTING", "APPROVED"]));
        let may_end = tickets::abandoned_at.is_null().or(fault.is_some().into_sql::<Bool>());
        let change = update(unfinished.filter(may_end))
            .set((
                tickets::state.eq(state),
                tickets::run_state.eq(None::<String>),
                tickets::fault.eq(fault.clone()),
                tickets::finished_at.eq(diesel::dsl::now),
            ))
            .returning(Ticket::as_returning());
        let standing = find(ctx, id).select(tickets::state);
        let (ended, standing): (Vec<Ticket>, Vec<String>) = tx.fetch(All((change, standing))).await?;
        let Some(ticket) = ended.into_iter().next() else {
            let abandoned = standing.first().is_some_and(|state| ["EXECUTING", "APPROVED"].contains(&state.as_str()));
            return Ok(if abandoned { RunEnd::Abandoned } else { RunEnd::Ended });
        };
        tx.write(
            sql_query(
                "update ticket_steps set state = 'FAILED', ended_at = now(), next_try_at = null \
                 where tenant_id = $1 and ticket_id = $2 and state in ('RUNNING', 'RETRYING')",
            )
            .bind::<SqlUuid, _>(ctx.tenant.0)
            .bind::<SqlUuid, _>(id.0),
        );
        if let Some(fault) = &fault {
            let reason = fault.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
            let failed = (vms::state.eq("FAILED"), vms::state_reason.eq(reason));
            tx.write(update(vm_of(ctx.tenant.0, id.0)).set(failed));
        }
        let workspace = Some(WorkspaceId(ticket.workspace_id));
        tx.notify(vec![ticket.requester_id], notice, id, json!({"vm_name": ticket.vm_name, "fault": fault}));
        tx.event("ticket", id.0, workspace, Some(ticket.requester_id), state);
        let leaf = match &fault {
            None => {
                tx.leaf(ticket.leaf(Action::VmCreate, json!({})))?;
                ticket.leaf(Action::ExecutionSuccess, json!({}))
            }
            Some(fault) => ticket.leaf(Action::ExecutionFailure, json!({"fault": fault})).outcome(Outcome::Failed),
        };
        tx.commit(leaf).await?;
        Ok(RunEnd::Ended)
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn vm_of(tenant: Uuid, ticket: Uuid) -> _ {
    vms::table.filter(vms::tenant_id.eq(tenant).and(vms::ticket_id.eq(ticket)))
}
