//! Lists of tickets and what stands above them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::CursorPagination;
use crate::tickets::{AllowedAction, Ticket, TicketNames};

/// What the VM gets: what was approved, or else what was asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketSize {
    #[schema(example = 2)]
    pub cpu_cores: i32,
    #[schema(example = 4096)]
    pub memory_mib: i32,
    /// Absent where the root disk is the image's own.
    #[schema(example = 20)]
    pub disk_gib: Option<i32>,
}

/// A ticket in a list, with what is needed to tell it from the others.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketRow {
    #[serde(flatten)]
    pub ticket: Ticket,
    pub names: TicketNames,
    pub size: TicketSize,
    /// When it expires, or would have expired.
    pub deadline_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    /// CALM, OLD (from 4 days), OVERDUE (from 7 days); only while pending.
    #[schema(example = "CALM")]
    pub age_tier: Option<String>,
    pub allowed_actions: Vec<AllowedAction>,
}

/// Tickets of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketList {
    pub items: Vec<TicketRow>,
    pub pagination: CursorPagination,
}

/// Pending requests by how long they have waited.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgeTiers {
    /// Less than 4 days.
    pub calm: i64,
    /// From 4 days.
    pub old: i64,
    /// From 7 days.
    pub overdue: i64,
}

/// How many lasted less than `le_seconds` and not less than the bucket before.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HistogramBucket {
    /// Null in the last bucket, which has no end.
    #[schema(example = 3600)]
    pub le_seconds: Option<i64>,
    pub count: i64,
}

/// Numbers of the caller's inbox.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TicketSummary {
    /// Pending requests of others on which the caller can decide, among the 1,000 that are due first.
    pub waiting_for_me: i64,
    /// The same by age.
    pub age_tiers: AgeTiers,
    /// Of those, the ones that expire within four hours.
    pub expiring_in_4h: i64,
    /// The caller's own pending requests.
    pub mine_pending: i64,
    /// Approvals and rejections of the last seven days, of tickets that the caller may see; among the latest 1,000.
    pub decided_this_week: i64,
    /// From submission to decision; of the last seven days.
    #[schema(example = 5400)]
    pub median_seconds_to_decision: Option<i64>,
    /// Ages of those that wait for the caller.
    pub age_histogram: Vec<HistogramBucket>,
    /// Times from submission to decision of the last seven days.
    pub decision_histogram: Vec<HistogramBucket>,
}

/// Order of a list of tickets.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub enum TicketSort {
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "-created_at")]
    Newest,
    #[serde(rename = "deadline_at")]
    Deadline,
}

/// Which tickets.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TicketParams {
    /// States, separated by commas.
    #[param(example = "PENDING,EXECUTING")]
    pub state: Option<String>,
    /// Only pending ones of workspaces in which the caller decides. The caller's own are among them; their
    /// `allowed_actions` name the rule.
    pub decidable: Option<bool>,
    pub workspace_id: Option<Uuid>,
    pub system_id: Option<Uuid>,
    pub service_id: Option<Uuid>,
    pub namespace_id: Option<Uuid>,
    pub requester_id: Option<Uuid>,
    /// The request that this VM came from.
    pub vm_id: Option<Uuid>,
    /// Text in the VM's name, in the reason or in the requester's names; case does not matter. Looked for among the
    /// first 10,000 tickets that the other parameters leave.
    #[param(max_length = 200, example = "shop")]
    pub q: Option<String>,
    /// `-created_at` unless given; `deadline_at` only with `state=PENDING` or `decidable`.
    #[param(inline, value_type = Option<TicketSort>, example = "deadline_at")]
    pub sort: Option<String>,
    /// `next_cursor` of the page before, in the same order.
    pub cursor: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
}
