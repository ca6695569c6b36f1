//! Tickets as they are shown.

use shepherd_api::tickets as wire;
use shepherd_store::tickets::{AllowedAction, ApprovalRequest, Names, Step, Ticket, TicketView};

pub(super) fn list(row: Ticket) -> wire::Ticket {
    wire::Ticket {
        id: row.id,
        workspace_id: row.workspace_id,
        system_id: row.system_id,
        service_id: row.service_id,
        namespace_id: row.namespace_id,
        template_id: row.template_id,
        instance_size_id: row.instance_size_id,
        requester_id: row.requester_id,
        reason: row.reason,
        instance: row.instance,
        vm_name: row.vm_name,
        disk_gib: row.disk_gib,
        state: row.state,
        run_state: row.run_state,
        fault: row.fault,
        created_at: row.created_at,
        updated_at: row.updated_at,
        finished_at: row.finished_at,
    }
}

pub(super) fn detail(view: TicketView) -> wire::TicketDetail {
    let vm_id = view.names.vm_id;
    wire::TicketDetail {
        workflow_id: format!("ticket-{}", view.ticket.id),
        ticket: list(view.ticket),
        names: names(view.names),
        approval: approval(view.request),
        steps: view.steps.into_iter().map(step).collect(),
        vm_id,
        allowed_actions: view.allowed_actions.into_iter().map(action).collect(),
    }
}

fn names(row: Names) -> wire::TicketNames {
    wire::TicketNames {
        requester: row.requester,
        system: row.system,
        service: row.service,
        namespace: row.namespace,
        environment: row.environment,
        template: row.template,
        instance_size: row.instance_size,
        decided_by: row.decided_by,
        cluster: row.cluster,
    }
}

fn approval(row: ApprovalRequest) -> wire::Approval {
    wire::Approval {
        id: row.id,
        state: row.state,
        expires_at: row.expires_at,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        reason: row.decision_reason,
        cluster_id: row.cluster_id,
        storage_class: row.storage_class,
        modified_spec: row.modified_spec,
        modification_reason: row.modification_reason,
        manifest: row.manifest,
        digest: row.digest,
    }
}

fn step(row: Step) -> wire::Step {
    wire::Step {
        name: row.name,
        state: row.state,
        attempt: row.attempt,
        started_at: row.started_at,
        ended_at: row.ended_at,
        failing_since: row.failing_since,
        fault: row.fault,
        next_try_at: row.next_try_at,
        detail: row.detail,
    }
}

fn action(row: AllowedAction) -> wire::AllowedAction {
    wire::AllowedAction { action: row.action.to_owned(), allowed: row.allowed, reason: row.reason.map(str::to_owned) }
}
