//! Effects on clusters, and how each is taken back.

use serde_json::{Value, json};
use shepherd_domain::fault::{Fault, FaultCode};
use shepherd_domain::manifest::key;
use shepherd_domain::step::StepName;
use shepherd_domain::vm::VmState;
use shepherd_store::tickets::{SeenVm, Work};
use shepherd_workflows::activities::TicketRef;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use temporalio_sdk::activities::{ActivityContext, ActivityError};

use super::step::{Done, Step, run};
use super::{Worker, id};
use crate::provider::{Ensured, NamespaceOrder, Removal, VmOrder, VmRef};

type Result<T = ()> = std::result::Result<T, ActivityError>;

pub(super) async fn ensure_namespace(worker: &Worker, activity: &ActivityContext, ticket: TicketRef) -> Result {
    run(worker, activity, ticket, StepName::EnsureNamespace, async |step| {
        let ensured = ensured(step, ticket).await?;
        let name = &step.work.physical_namespace;
        let detail = json!({"namespace": name, "created": ensured.created, "uid": ensured.uid});
        Ok(Done { detail, vm: None })
    })
    .await
}

async fn ensured(step: &Step<'_>, ticket: TicketRef) -> std::result::Result<Ensured, Fault> {
    let labels = [(key("environment"), step.work.environment.clone()), (key("tenant"), step.work.tenant_slug.clone())];
    let order = NamespaceOrder {
        name: step.work.physical_namespace.clone(),
        ticket_id: id(ticket),
        labels: BTreeMap::from(labels),
        annotations: BTreeMap::new(),
    };
    if step.namespace_leaving(ticket).await? {
        return Err(Fault::new(FaultCode::NamespaceTerminating, "another request's undo is removing the namespace"));
    }
    step.provider.ensure_namespace(&order).await
}

pub(super) async fn apply_vm(worker: &Worker, activity: &ActivityContext, ticket: TicketRef) -> Result {
    run(worker, activity, ticket, StepName::ApplyVm, async |step| {
        let work = &step.work;
        let (manifest, present) = rendered(work)?;
        if present != work.digest {
            return Err(Fault::new(FaultCode::DigestMismatch, "the manifest is not the one that was approved"));
        }
        let order = VmOrder {
            namespace: work.physical_namespace.clone(),
            name: work.ticket.vm_name.clone(),
            ticket_id: id(ticket),
            manifest: manifest.clone(),
        };
        let applied = match step.provider.apply_vm(&order).await {
            // It went away since the step before, which may have known it from an earlier look.
            Err(fault) if fault.code == FaultCode::NamespaceNotFound => {
                ensured(step, ticket).await?;
                step.provider.apply_vm(&order).await?
            }
            applied => applied?,
        };
        let detail = json!({"uid": applied.uid, "resource_version": applied.resource_version});
        Ok(Done { detail, vm: Some(seen(&manifest, applied.uid, VmState::Creating)) })
    })
    .await
}

pub(super) async fn await_vm_ready(worker: &Worker, activity: &ActivityContext, ticket: TicketRef) -> Result {
    run(worker, activity, ticket, StepName::AwaitVmReady, async |step| {
        let vm = reference(&step.work, ticket);
        let ready = step.provider.await_vm_ready(&vm, patience(step)).await?;
        let detail = json!({"uid": ready.uid, "resource_version": ready.resource_version});
        let (manifest, _) = rendered(&step.work)?;
        Ok(Done { detail, vm: Some(seen(&manifest, ready.uid, VmState::Running)) })
    })
    .await
}

/// What is left of the step's own deadline, counted from its first try.
fn patience(step: &Step<'_>) -> Duration {
    let waited = step.activity.info().scheduled_time.and_then(|at| SystemTime::now().duration_since(at).ok());
    step.worker.ready_timeout.saturating_sub(waited.unwrap_or_default()).max(Duration::from_millis(1))
}

pub(super) async fn remove_vm(worker: &Worker, activity: &ActivityContext, ticket: TicketRef) -> Result {
    run(worker, activity, ticket, StepName::RemoveVm, async |step| {
        let removal = step.provider.remove_vm(&reference(&step.work, ticket)).await?;
        Ok(Done { detail: json!({"removal": removal}), vm: None })
    })
    .await
}

pub(super) async fn remove_namespace(worker: &Worker, activity: &ActivityContext, ticket: TicketRef) -> Result {
    run(worker, activity, ticket, StepName::RemoveNamespace, async |step| {
        let name = &step.work.physical_namespace;
        // Another approved ticket may be about to put its VM there; the cluster cannot know yet.
        let removal = match step.namespace_shared(ticket).await? {
            true => Removal::InUse,
            false => step.provider.remove_namespace(name, id(ticket)).await?,
        };
        // A namespace that others use by now stays; everything else of this ticket must be gone.
        let mut residue = step.provider.residue(id(ticket), name).await?;
        residue.retain(|object| removal != Removal::InUse || object.name != *name);
        if !residue.is_empty() {
            let words = residue.iter().map(|object| object.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Fault::new(FaultCode::VmStillPresent, format!("left behind: {words}")));
        }
        Ok(Done { detail: json!({"removal": removal, "residue": 0}), vm: None })
    })
    .await
}

fn reference(work: &Work, ticket: TicketRef) -> VmRef {
    VmRef {
        namespace: work.physical_namespace.clone(),
        name: work.ticket.vm_name.clone(),
        ticket_id: id(ticket),
        uid: work.vm_uid.clone(),
    }
}

/// The approved manifest, rendered again, and its digest.
fn rendered(work: &Work) -> std::result::Result<(Value, String), Fault> {
    let unreadable = |error: shepherd_store::Error| Fault::new(FaultCode::DigestMismatch, error.to_string());
    let (manifest, digest) = work.rendered().map_err(unreadable)?;
    Ok((manifest, digest.as_str().to_owned()))
}

fn seen(manifest: &Value, uid: String, state: VmState) -> SeenVm {
    SeenVm { uid, labels: manifest["metadata"]["labels"].clone(), state: state.as_str() }
}
