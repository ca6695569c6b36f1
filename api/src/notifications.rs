//! Notifications.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::CursorPagination;

/// Something that a person is told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    pub id: Uuid,
    /// APPROVAL_PENDING, APPROVAL_REMINDER, TICKET_APPROVED, TICKET_REJECTED, TICKET_EXPIRED, TICKET_SUCCEEDED,
    /// TICKET_FAILED, TICKET_PARKED, TICKET_NEEDS_OPERATOR.
    #[schema(example = "APPROVAL_PENDING")]
    pub kind: String,
    pub ticket_id: Uuid,
    /// What the words of the console need.
    #[schema(value_type = Object)]
    pub params: Value,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// Notifications of one page, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NotificationList {
    pub items: Vec<Notification>,
    pub pagination: CursorPagination,
}

/// How many notifications are unread.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UnreadCount {
    /// Counted up to 1,000.
    pub unread: i64,
    /// Whether there are more than `unread`.
    pub more: bool,
}

/// Which notifications.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationParams {
    /// Only those that were not read.
    #[param(default = false)]
    pub unread: Option<bool>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
}
