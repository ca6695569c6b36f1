//! Steps of a run: an intent before each effect, an outcome after it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int4, Jsonb, Nullable, Text, Timestamptz, Untyped, Uuid as SqlUuid};
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
struct Named {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "that there is a row says it")]
    name: String,
}

/// Which try of a step it is. Tries of one activity are counted; another activity for the same step, of a later run or
/// of an undo that an operator let go on, counts anew.
#[derive(Clone, Debug)]
pub struct StepTry {
    pub run_id: String,
    pub activity_id: String,
    pub attempt: i32,
    /// When Temporal scheduled this try.
    pub scheduled_at: DateTime<Utc>,
}

/// Whether a try of a step may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepBegin {
    Begun,
    /// Its worker was silent for too long: a later try, or the step's undo, has begun, or the run has ended.
    Overtaken,
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
    /// Notes that a try of `step` begins, unless it is overtaken: then nothing is noted, and it must not act.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown ticket.
    pub async fn step_begin(&self, ctx: &Ctx, id: TicketId, step: StepName, this: &StepTry) -> Result<StepBegin> {
        let mut tx = self.tx(ctx).await?;
        // Locked: of a step and its undo, the one that comes later sees the other.
        let ticket = find(ctx, id).select(Ticket::as_select()).for_no_key_update();
        let batch = All((ticket, begin(ctx, id, step, this)));
        let (ticket, begun): (Vec<Ticket>, Vec<Named>) = tx.fetch(batch).await?;
        let ticket = ticket.into_iter().next().ok_or_else(|| Refusal::not_found("ticket"))?;
        if begun.is_empty() {
            return Ok(StepBegin::Overtaken);
        }
        note(&mut tx, &ticket, StepState::Running);
        let details = json!({"step": step.as_str(), "attempt": this.attempt, "state": "RUNNING"});
        tx.commit(ticket.leaf(Action::ExecutionStep, details)).await?;
        Ok(StepBegin::Begun)
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
        this: &StepTry,
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
        let ended = step_update(ctx, id, (step, this), state, fault.clone(), next_try, detail);
        let batch = All((ended, parking(ctx, id, step, state)));
        let (ended, parked): (Vec<Named>, Vec<Parked>) = tx.fetch(batch).await?;
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

/// The row of a try that is not overtaken. Activities are told apart by their ids and put in order by Temporal's clock,
/// which each retry reads anew, so that a clock that was set back delays a step but does not stop it.
fn begin(ctx: &Ctx, id: TicketId, step: StepName, this: &StepTry) -> impl Batch<Vec<Named>, Untyped> + use<> {
    sql_query(
        "insert into ticket_steps as s \
           (tenant_id, ticket_id, name, position, state, attempt, run_id, activity_id, scheduled_at) \
         select t.tenant_id, t.id, $3, $4, 'RUNNING', $5, $6, $7, $8 from tickets t \
         where t.tenant_id = $1 and t.id = $2 and t.state = 'EXECUTING' and ($3 = any($9) or not exists ( \
           select from ticket_steps u where u.tenant_id = t.tenant_id and u.ticket_id = t.id and u.name = any($9) \
             and (u.run_id = $6 or u.scheduled_at >= $8))) \
         on conflict (tenant_id, ticket_id, name) do update set state = 'RUNNING', attempt = excluded.attempt, \
           run_id = excluded.run_id, activity_id = excluded.activity_id, scheduled_at = excluded.scheduled_at, \
           ended_at = null, next_try_at = null \
         where case when (s.run_id, s.activity_id) = (excluded.run_id, excluded.activity_id) \
           then s.attempt <= excluded.attempt else s.scheduled_at < excluded.scheduled_at end \
         returning name",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(step.as_str())
    .bind::<Int4, _>(step.position())
    .bind::<Int4, _>(this.attempt)
    .bind::<Text, _>(this.run_id.clone())
    .bind::<Text, _>(this.activity_id.clone())
    .bind::<Timestamptz, _>(this.scheduled_at)
    .bind::<Array<Text>, _>(StepName::UNDO.map(StepName::as_str).to_vec())
}

fn step_update(
    ctx: &Ctx,
    id: TicketId,
    (step, this): (StepName, &StepTry),
    state: StepState,
    fault: Option<Value>,
    next_try: Option<i32>,
    detail: Value,
) -> impl Batch<Vec<Named>, Untyped> + use<> {
    sql_query(
        "update ticket_steps set state = $4, fault = $5, detail = $7, \
           ended_at = case when $4 in ('DONE', 'FAILED') then now() end, \
           failing_since = case when $4 = 'DONE' then null else coalesce(failing_since, now()) end, \
           next_try_at = now() + make_interval(secs => $6) \
         where tenant_id = $1 and ticket_id = $2 and name = $3 and state = 'RUNNING' \
           and (run_id, activity_id, attempt) = ($8, $9, $10) returning name",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<Text, _>(step.as_str())
    .bind::<Text, _>(state.as_str())
    .bind::<Nullable<Jsonb>, _>(fault)
    .bind::<Nullable<Int4>, _>(next_try)
    .bind::<Jsonb, _>(detail)
    .bind::<Text, _>(this.run_id.clone())
    .bind::<Text, _>(this.activity_id.clone())
    .bind::<Int4, _>(this.attempt)
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
