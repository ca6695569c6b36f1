//! Approving: the decision is bound to the digest of what the approver saw.

use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{insert_into, sql_query, update};
use serde_json::{Value, json};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{TicketId, WorkspaceId};
use shepherd_domain::policy::Permission;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use super::decide::{order_decided, waits_no_longer};
use super::place::{Choice, Material, Placed, material};
use super::rules::one_person;
use super::{Ticket, find};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notices::NoticeKind;
use crate::pipeline::All;
use crate::schema::{tickets, vms};
use crate::tx::Tx;

/// An approver's decision.
#[derive(Clone, Debug)]
pub struct Approval {
    pub choice: Choice,
    /// Digest of the preview that the approver saw.
    pub digest: String,
    pub reason: Option<String>,
    /// Required with a modified spec.
    pub modification_reason: Option<String>,
}

/// The outcome of an approval.
#[derive(Clone, Copy, Debug)]
pub struct Approved {
    pub vm: Uuid,
}

#[derive(QueryableByName)]
pub(super) struct DecidedRow {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
}

impl Store {
    /// Approves a pending ticket: the decision, the VM row, the order to its workflow.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `TWO_PERSON_INTEGRITY`, `APPROVAL_SNAPSHOT_MISMATCH` with the present
    /// digest, `ALREADY_DECIDED` with the winner, `ALREADY_EXISTS` when the cluster has a machine of another Service by
    /// that name, and every refusal of a placement. Refused attempts are recorded.
    pub async fn ticket_approve(&self, ctx: &Ctx, id: TicketId, approval: Approval) -> Result<Approved> {
        let mut tx = self.tx(ctx).await?;
        let material = tx.one(material(ctx, id, &approval.choice)).await?;
        let material = visible(&tx, material)?;
        let placed = material.place(&approval.choice);
        let ticket = &material.ticket;
        let leaf = ticket.leaf(Action::ApprovalApprove, details(&approval)).digest(approval.digest.clone());
        tx.allow(Permission::ApprovalDecide, ticket.scope(), leaf.clone()).await?;
        if let Some(refusal) = one_person(tx.actor()?, ticket) {
            return Err(tx.refuse(refusal, leaf).await);
        }
        if ticket.state != "PENDING" {
            return Err(self.lost(tx, ctx, id, leaf).await);
        }
        let placed = placed?;
        if placed.placement.digest.as_str() != approval.digest {
            let params = json!({"seen": approval.digest, "present": placed.placement.digest});
            return Err(tx.refuse(Refusal::new(Code::ApprovalSnapshotMismatch).with(params), leaf).await);
        }
        let decision = decision(&tx, ctx, id, &approval, &placed)?;
        // The cluster may have been deleted after it was looked up.
        let (moved, decided): (Vec<Uuid>, Vec<DecidedRow>) = tx
            .fetch(decision)
            .await
            .map_err(|error| error.refuse_on("approval_requests_cluster_id_fkey", || Refusal::not_found("cluster")))?;
        let (Some(_), Some(decided)) = (moved.first(), decided.first()) else {
            return Err(self.lost(tx, ctx, id, leaf).await);
        };
        let vm = write_vm(&mut tx, &material, &approval.choice);
        order_decided(&mut tx, id, decided.id);
        waits_no_longer(&mut tx, id);
        tx.notify(vec![ticket.requester_id], NoticeKind::TicketApproved, id, json!({"vm_name": ticket.vm_name}));
        tx.event("ticket", id.0, Some(WorkspaceId(ticket.workspace_id)), Some(ticket.requester_id), "APPROVED");
        tx.made(vm);
        // A hyphen may end the System's name or begin the Service's: two of them can name their machines alike.
        let taken = || Refusal::new(Code::AlreadyExists).with(json!({"resource": "vm", "name": ticket.vm_name}));
        let one_name = "vms_tenant_id_cluster_id_physical_namespace_name_key";
        tx.commit(leaf).await.map_err(|error| error.refuse_on(one_name, taken))?;
        Ok(Approved { vm })
    }
}

/// A ticket that the caller may see.
fn visible(tx: &Tx, material: Option<Material>) -> Result<Material> {
    let actor = tx.actor()?;
    let seen = |material: &Material| {
        actor.allows(Permission::TicketRead, material.ticket.scope())
            || actor.principal.0 == material.ticket.requester_id
    };
    material.filter(seen).ok_or_else(|| Refusal::not_found("ticket").into())
}

fn details(approval: &Approval) -> Value {
    let choice = &approval.choice;
    json!({
        "cluster_id": choice.cluster, "template_version": choice.template_version,
        "storage_class": choice.storage_class, "modified_spec": choice.modified_spec,
        "modification_reason": approval.modification_reason, "reason": approval.reason,
    })
}

/// The two conditional updates, ticket first: whoever gets the ticket's row wins.
fn decision(
    tx: &Tx,
    ctx: &Ctx,
    id: TicketId,
    approval: &Approval,
    placed: &Placed,
) -> Result<impl crate::pipeline::Batch<(Vec<Uuid>, Vec<DecidedRow>), (SqlUuid, diesel::sql_types::Untyped)> + use<>> {
    let moved = update(find(ctx, id).filter(tickets::state.eq("PENDING")))
        .set(tickets::state.eq("APPROVED"))
        .returning(tickets::id);
    let decided = sql_query(
        "update approval_requests set state = 'APPROVED', decided_by = $3, decided_at = now(), decision_reason = $4, \
           cluster_id = $5, template_id = $6, storage_class = $7, modified_spec = $8, modification_reason = $9, \
           template_snapshot = $10, size_snapshot = $11, manifest = $12, digest = $13 \
         where tenant_id = $1 and ticket_id = $2 and state = 'PENDING' and expires_at > statement_timestamp() \
           and requester_id <> $3 returning id",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(id.0)
    .bind::<SqlUuid, _>(tx.actor()?.principal.0)
    .bind::<Nullable<Text>, _>(approval.reason.clone())
    .bind::<SqlUuid, _>(approval.choice.cluster.0)
    .bind::<SqlUuid, _>(placed.template_id)
    .bind::<Nullable<Text>, _>(approval.choice.storage_class.clone())
    .bind::<Nullable<Jsonb>, _>(approval.choice.modified_spec.as_ref().map(|spec| json!(spec)))
    .bind::<Nullable<Text>, _>(approval.modification_reason.clone())
    .bind::<Jsonb, _>(placed.template_snapshot.clone())
    .bind::<Jsonb, _>(placed.size_snapshot.clone())
    .bind::<Jsonb, _>(placed.placement.manifest.clone())
    .bind::<Text, _>(approval.digest.clone());
    Ok(All((moved, decided)))
}

fn write_vm(tx: &mut Tx, material: &Material, choice: &Choice) -> Uuid {
    let (id, ticket): (Uuid, &Ticket) = (Uuid::now_v7(), &material.ticket);
    tx.write(insert_into(vms::table).values((
        vms::tenant_id.eq(tx.ctx().tenant.0),
        vms::id.eq(id),
        vms::ticket_id.eq(ticket.id),
        vms::workspace_id.eq(ticket.workspace_id),
        vms::system_id.eq(ticket.system_id),
        vms::service_id.eq(ticket.service_id),
        vms::namespace_id.eq(ticket.namespace_id),
        vms::cluster_id.eq(choice.cluster.0),
        vms::physical_namespace.eq(material.physical_name.clone()),
        vms::name.eq(ticket.vm_name.clone()),
        vms::instance.eq(ticket.instance),
        vms::created_by.eq(ticket.requester_id),
    )));
    id
}
