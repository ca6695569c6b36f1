//! Tickets as they are shown.

use chrono::Utc;
use shepherd_api::ticket_lists as lists;
use shepherd_api::tickets as wire;
use shepherd_domain::ids::TicketId;
use shepherd_domain::ticket::AgeTier;
use shepherd_store::ticket_workflow;
use shepherd_store::tickets::{
    AllowedAction, ApprovalRequest, Approver, Bucket, Names, Step, Ticket, TicketRow, TicketSummary, TicketView,
};

use crate::config::Config;

pub(super) fn row(row: TicketRow) -> lists::TicketRow {
    let age = (Utc::now() - row.ticket.created_at).num_seconds();
    lists::TicketRow {
        age_tier: (row.ticket.state == "PENDING").then(|| AgeTier::of(age).as_str().to_owned()),
        ticket: ticket(row.ticket),
        names: names(row.names),
        size: lists::TicketSize { cpu_cores: row.cpu_cores, memory_mib: row.memory_mib, disk_gib: row.disk_gib },
        deadline_at: row.deadline_at,
        decided_at: row.decided_at,
        allowed_actions: row.allowed_actions.into_iter().map(action).collect(),
    }
}

pub(super) fn summary(numbers: &TicketSummary) -> lists::TicketSummary {
    let histogram = |buckets: &[Bucket]| {
        let bucket = |bucket: &Bucket| lists::HistogramBucket { le_seconds: bucket.end, count: bucket.count };
        buckets.iter().map(bucket).collect()
    };
    lists::TicketSummary {
        waiting_for_me: numbers.waiting_for_me,
        age_tiers: lists::AgeTiers {
            calm: numbers.waiting_for_me - numbers.old - numbers.overdue,
            old: numbers.old,
            overdue: numbers.overdue,
        },
        expiring_in_4h: numbers.expiring_in_4h,
        mine_pending: numbers.mine_pending,
        decided_this_week: numbers.decided_this_week,
        median_seconds_to_decision: numbers.median_seconds_to_decision,
        age_histogram: histogram(&numbers.ages),
        decision_histogram: histogram(&numbers.decisions),
    }
}

fn ticket(row: Ticket) -> wire::Ticket {
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

pub(super) fn detail(view: TicketView, config: &Config) -> wire::TicketDetail {
    let vm_id = view.names.vm_id;
    let workflow_id = ticket_workflow(TicketId(view.ticket.id));
    wire::TicketDetail {
        temporal_ui_url: config.workflow_url(&workflow_id),
        workflow_id,
        approvers: approvers(view.approvers),
        ticket: ticket(view.ticket),
        names: names(view.names),
        approval: approval(view.request),
        steps: view.steps.into_iter().map(step).collect(),
        vm_id,
        allowed_actions: view.allowed_actions.into_iter().map(action).collect(),
    }
}

fn approvers(rows: Vec<Approver>) -> wire::Approvers {
    let total = rows.first().map_or(0, |row| row.total);
    wire::Approvers { names: rows.into_iter().map(|row| row.name).collect(), total }
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
