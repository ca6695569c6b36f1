//! Steps of a run: an intent before each effect, an outcome after it.

use diesel::prelude::*;
use diesel::sql_types::{Int4, Jsonb, Nullable, Text, Untyped, Uuid as SqlUuid};
use diesel::{sql_query, update};
use serde_json::{Value, json};
use shepherd_domain::Refusal;
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::ids::{TicketId, WorkspaceId};
use shepherd_domain::step::{StepName, StepState};

use super::run::vm_of;
use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notices::NoticeKind;
use crate::pipeline::{All, Batch};
use crate::schema::vms;

#[derive(QueryableByName)]
struct Parked {
    #[diesel(sql_type = Text)]
    run_state: String,
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "that there is a row says it")]
    name: String,
}

/// How a try of a step ended.
#[derive(Clone, Debug)]
pub enum StepOutcome {
    Done {
        detail: Value,
        /// What was seen of the VM, if the step saw it.
        vm: Option<SeenVm>,
    },
    /// It is tried again; the run is parked when this has lasted ten minutes.
    Retrying {
        fault: Value,
        next_try_seconds: i32,
    },
    Failed {
        fault: Value,
    },
}

/// A VM as a step saw it on its cluster.
#[derive(Clone, Debug)]
pub struct SeenVm {
    pub uid: String,
    pub labels: Value,
    pub state: &'static str,
}

impl Store {
    /// Notes that a try of `step` begins.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown ticket.
    pub async fn step_begin(&self, ctx: &Ctx, id: TicketId, step: StepName, attempt: i32) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let ticket: Option<Ticket> = tx.one(find(ctx, id).select(Ticket::as_select())).await?;
        let ticket = ticket.ok_or_else(|| Refusal::not_found("ticket"))?;
        tx.write(
            sql_query(
                "insert into ticket_steps (tenant_id, ticket_id, name, position, state, attempt) \
                 values ($1, $2, $3, $4, 'RUNNING', $5) on conflict (tenant_id, ticket_id, name) do update \
                 set state = 'RUNNING', attempt = excluded.attempt, ended_at = null, next_try_at = null",
            )
            .bind::<SqlUuid, _>(ctx.tenant.0)
            .bind::<SqlUuid, _>(id.0)
            .bind::<Text, _>(step.as_str())
            .bind::<Int4, _>(step.position())
            .bind::<Int4, _>(attempt),
        );
        note(&mut tx, &ticket, StepState::Running);
        tx.commit(
            ticket.leaf(Action::ExecutionStep, json!({"step": step.as_str(), "attempt": attempt, "state": "RUNNING"})),
        )
        .await
    }

    /// Notes how a try of `step` ended. A try that was overtaken, because its worker was silent for too long, has no
    /// say any more: the next one found what it did.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown ticket.
    pub async fn step_end(
        &self,
        ctx: &Ctx,
        id: TicketId,
        step: StepName,
        attempt: i32,
        outcome: StepOutcome,
    ) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let ticket: Option<Ticket> = tx.one(find(ctx, id).select(Ticket::as_select())).await?;
        let ticket = ticket.ok_or_else(|| Refusal::not_found("ticket"))?;
        let (state, fault, next_try, detail) = match &outcome {
            StepOutcome::Done { detail, .. } => (StepState::Done, None, None, detail.clone()),
            StepOutcome::Retrying { fault, next_try_seconds } => {
                (StepState::Retrying, Some(fault.clone()), Some(*next_try_seconds), json!({}))
            }
            StepOutcome::Failed { fault } => (StepState::Failed, Some(fault.clone()), None, json!({})),
        };
        let ended = step_update(ctx, id, (step, attempt), state, fault.clone(), next_try, detail);
        let batch = All((ended, parking(ctx, id, step, state)));
        let (ended, parked): (Vec<Ended>, Vec<Parked>) = tx.fetch(batch).await?;
        if ended.is_empty() {
            // Dropping the transaction takes the parking back.
            return Ok(());
        }
        for run in parked {
            let (word, action) = match run.run_state.as_str() {
                "PARKED" => ("PARKED", Action::ExecutionPark),
                _ => ("RUNNING", Action::ExecutionResume),
            };
            tx.event("ticket", id.0, Some(WorkspaceId(ticket.workspace_id)), Some(ticket.requester_id), word);
            if action == Action::ExecutionPark {
                tx.notify_operators(&ticket, NoticeKind::TicketParked).await?;
            }
            tx.leaf(ticket.leaf(action, json!({"step": step.as_str(), "fault": fault})))?;
        }
        if let StepOutcome::Done { vm: Some(vm), .. } = outcome {
            tx.write(update(vm_of(ctx.tenant.0, id.0)).set((
                vms::uid.eq(Some(vm.uid)),
                vms::labels.eq(vm.labels),
                vms::state.eq(vm.state),
                vms::state_reason.eq(""),
                vms::observed_at.eq(diesel::dsl::now),
            )));
        }
        note(&mut tx, &ticket, state);
        let leaf = ticket.leaf(
            Action::ExecutionStep,
            json!({"step": step.as_str(), "state": state.as_str(), "fault": fault, "next_try_seconds": next_try}),
        );
        let failed = matches!(state, StepState::Failed | StepState::Retrying);
        tx.commit(if failed { leaf.outcome(Outcome::Failed) } else { leaf }).await
    }
}

fn note(tx: &mut crate::tx::Tx, ticket: &Ticket, state: StepState) {
    let workspace = Some(WorkspaceId(ticket.workspace_id));
    tx.event("step", ticket.id, workspace, Some(ticket.requester_id), state.as_str());
}

fn step_update(
    ctx: &Ctx,
    id: TicketId,
    (step, attempt): (StepName, i32),
    state: StepState,
    fault: Option<Value>,
    next_try: Option<i32>,
    detail: Value,
) -> impl Batch<Vec<Ended>, Untyped> + use<> {
    sql_query(
        "update ticket_steps set state = $4, fault = $5, detail = $7, \
           ended_at = case when $4 in ('DONE', 'FAILED') then now() end, \
           failing_since = case when $4 = 'DONE' then null else coalesce(failing_since, now()) end, \
           next_try_at = now() + make_interval(secs => $6) \
         where tenant_id = $1 and ticket_id = $2 and name = $3 and attempt = $8 and state = 'RUNNING' returning name",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(step.as_str())
    .bind::<Text, _>(state.as_str())
    .bind::<Nullable<Jsonb>, _>(fault)
    .bind::<Nullable<Int4>, _>(next_try)
    .bind::<Jsonb, _>(detail)
    .bind::<Int4, _>(attempt)
}

/// A run is parked when one step has failed for ten minutes, and goes on when it succeeds.
fn parking(ctx: &Ctx, id: TicketId, step: StepName, state: StepState) -> impl Batch<Vec<Parked>, Untyped> + use<> {
    sql_query(
        "update tickets t set run_state = case when $4 = 'RETRYING' then 'PARKED' else 'RUNNING' end, fault = s.fault \
         from ticket_steps s where s.tenant_id = t.tenant_id and s.ticket_id = t.id and s.name = $3 \
           and t.tenant_id = $1 and t.id = $2 and t.state = 'EXECUTING' \
           and ($4 = 'RETRYING' and t.run_state = 'RUNNING' and s.failing_since < now() - interval '10 minutes' \
                or $4 = 'DONE' and t.run_state = 'PARKED') returning t.run_state",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(step.as_str())
    .bind::<Text, _>(state.as_str())
}
