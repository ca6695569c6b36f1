//! Tickets: requests, decisions, runs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A request for a VM. The name, the cluster, the template's version and the storage class are never the
/// requester's to choose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketSubmit {
    pub service_id: Uuid,
    pub namespace_id: Uuid,
    pub template_id: Uuid,
    pub instance_size_id: Uuid,
    /// Inside the size's bounds; its default unless given. Not with a template whose root disk is the image's own.
    #[schema(minimum = 1)]
    pub disk_gib: Option<i32>,
    #[schema(min_length = 1, max_length = 2048)]
    pub reason: String,
}

/// Answer to a submission: where to look.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketAccepted {
    pub id: Uuid,
    #[schema(example = "PENDING")]
    pub state: String,
    /// Whether an earlier call with the same `Idempotency-Key` made it.
    pub replayed: bool,
}

/// A ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub system_id: Uuid,
    pub service_id: Uuid,
    pub namespace_id: Uuid,
    pub template_id: Uuid,
    pub instance_size_id: Uuid,
    pub requester_id: Uuid,
    pub reason: String,
    pub instance: i64,
    #[schema(example = "team-shop-web-01")]
    pub vm_name: String,
    /// What was asked for; absent where the template's root disk is the image's own.
    #[schema(example = 20)]
    pub disk_gib: Option<i32>,
    /// PENDING, APPROVED, REJECTED, CANCELLED, EXPIRED, EXECUTING, SUCCESS, FAILED.
    pub state: String,
    /// RUNNING, PARKED, UNDOING, NEEDS_OPERATOR; only while executing.
    pub run_state: Option<String>,
    /// Why it failed, or what it waits for.
    #[schema(value_type = Option<Object>)]
    pub fault: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// Names behind the ids of a ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketNames {
    pub requester: String,
    pub system: String,
    pub service: String,
    pub namespace: String,
    /// `test` or `prod`.
    pub environment: String,
    pub template: String,
    pub instance_size: String,
    pub decided_by: Option<String>,
    pub cluster: Option<String>,
}

/// The decision, pending or taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    pub id: Uuid,
    /// PENDING, APPROVED, REJECTED, CANCELLED, EXPIRED.
    pub state: String,
    pub expires_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub cluster_id: Option<Uuid>,
    pub storage_class: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub modified_spec: Option<Value>,
    pub modification_reason: Option<String>,
    /// Manifest that was approved, byte for byte what is applied.
    #[schema(value_type = Option<Object>)]
    pub manifest: Option<Value>,
    pub digest: Option<String>,
}

/// A step of the run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    #[schema(example = "apply_vm")]
    pub name: String,
    /// RUNNING, RETRYING, DONE, FAILED.
    pub state: String,
    pub attempt: i32,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Since when it has failed without a success in between.
    pub failing_since: Option<DateTime<Utc>>,
    /// Last error: code, message in the cluster's words, whether it may go by itself.
    #[schema(value_type = Option<Object>)]
    pub fault: Option<Value>,
    pub next_try_at: Option<DateTime<Utc>>,
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// Something the caller may do, or which rule stands in the way.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowedAction {
    #[schema(example = "approve")]
    pub action: String,
    pub allowed: bool,
    /// Code of that rule.
    #[schema(schema_with = crate::problem::optional_code)]
    pub reason: Option<String>,
}

/// Who can decide on a pending ticket, the requester left out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Approvers {
    /// Display names of up to 20, in their order.
    #[schema(example = json!(["Anton", "Berta"]))]
    pub names: Vec<String>,
    /// How many there are.
    pub total: i64,
}

/// Everything about one ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketDetail {
    #[serde(flatten)]
    pub ticket: Ticket,
    pub names: TicketNames,
    pub approval: Approval,
    pub steps: Vec<Step>,
    pub vm_id: Option<Uuid>,
    /// Workflow in Temporal.
    pub workflow_id: String,
    /// Its run in Temporal UI, where the installation has one.
    #[schema(
        example = "http://127.0.0.1:8233/namespaces/shepherd/workflows/ticket-0198c2a4-0000-7000-8000-000000000001"
    )]
    pub temporal_ui_url: Option<String>,
    /// Whom it waits for; nobody once it is decided.
    pub approvers: Approvers,
    pub allowed_actions: Vec<AllowedAction>,
}

/// Resources that replace the size's, as a whole.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModifiedSpec {
    #[schema(minimum = 1)]
    pub cpu_cores: i32,
    #[schema(minimum = 64)]
    pub memory_mib: i32,
    /// What was asked for, unless given. Not with a template whose root disk is the image's own.
    #[schema(minimum = 1)]
    pub disk_gib: Option<i32>,
    /// Overcommit: thousandths of a core asked of the node.
    pub cpu_request_millis: Option<i32>,
    /// Overcommit: MiB asked of the node.
    pub memory_request_mib: Option<i32>,
}

/// Where and with what a ticket would run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketPreview {
    pub cluster_id: Uuid,
    /// The version that was asked for, unless given.
    pub template_version: Option<i32>,
    /// The cluster's default, unless given.
    pub storage_class: Option<String>,
    pub modified_spec: Option<ModifiedSpec>,
}

/// What would be applied.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// To be sent with the approval.
    #[schema(example = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    pub digest: String,
    /// Namespace on the cluster.
    pub namespace: String,
    #[schema(value_type = Object)]
    pub manifest: Value,
    pub warnings: Vec<crate::systems::Warning>,
}

/// An approval, bound to what the approver saw.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketApprove {
    /// Of the preview with the same choices.
    pub digest: String,
    pub cluster_id: Uuid,
    pub template_version: Option<i32>,
    pub storage_class: Option<String>,
    pub modified_spec: Option<ModifiedSpec>,
    /// Required with `modified_spec`.
    #[schema(max_length = 2048)]
    pub modification_reason: Option<String>,
    #[schema(max_length = 2048)]
    pub reason: Option<String>,
}

/// Answer to an approval.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Approved {
    pub ticket_id: Uuid,
    pub vm_id: Uuid,
    #[schema(example = "APPROVED")]
    pub state: String,
}

/// A reason that must be given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[schema(min_length = 1, max_length = 2048)]
    pub reason: String,
}

/// Answer to a rejection, a cancellation, an abandonment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    pub ticket_id: Uuid,
    #[schema(example = "REJECTED")]
    pub state: String,
}
