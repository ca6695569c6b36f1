//! The audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::page::CursorPagination;

/// Who did it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditActor {
    pub id: Uuid,
    /// As it was at the time.
    pub name: String,
}

/// What it was done to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditResource {
    #[schema(example = "ticket")]
    pub r#type: String,
    /// Empty for a list.
    pub id: String,
    /// As it was at the time.
    pub name: String,
}

/// A record of the audit log; also a line of an export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditRecord {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub at: DateTime<Utc>,
    #[schema(example = "approval.approve")]
    pub action: String,
    /// SUCCEEDED, REFUSED, FAILED.
    pub outcome: String,
    pub actor: AuditActor,
    pub session_id: Option<Uuid>,
    pub resource: AuditResource,
    pub workspace_id: Option<Uuid>,
    /// Redacted: before, after, reason, code.
    #[schema(value_type = Object)]
    pub details: Value,
    /// Digest of the spec that it was about.
    pub spec_digest: Option<String>,
    pub workflow_id: Option<String>,
    pub run_id: Option<String>,
    pub request_id: Uuid,
    /// `api`, `ui` or `worker`.
    pub source: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// SHA-256 over the canonical JSON (RFC 8785) of everything above but `at`, with `actor` and `resource` spread
    /// out as `actor_id`, `actor_name`, `resource_type`, `resource_id`, `resource_name`.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub leaf_hash: String,
}

/// Records of one page, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditList {
    pub items: Vec<AuditRecord>,
    pub pagination: CursorPagination,
}

/// Which records to list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    #[param(example = "approval.approve", min_length = 1, max_length = 100)]
    pub action: Option<String>,
    pub actor_id: Option<Uuid>,
    #[param(example = "ticket", min_length = 1, max_length = 100)]
    pub resource_type: Option<String>,
    #[param(min_length = 1, max_length = 255)]
    pub resource_id: Option<String>,
    /// SUCCEEDED, REFUSED, FAILED.
    #[param(pattern = "^(SUCCEEDED|REFUSED|FAILED)$")]
    pub outcome: Option<String>,
    pub request_id: Option<Uuid>,
    /// First moment (RFC 3339), of the years 0001 to 9999.
    pub from: Option<DateTime<Utc>>,
    /// First moment that is not wanted any more (RFC 3339), of the years 0001 to 9999.
    pub to: Option<DateTime<Utc>>,
    /// The platform's records, on what all tenants share, instead of the tenant's own. Needs the role
    /// PlatformAuditor or PlatformAdmin.
    #[param(default = false)]
    pub platform: Option<bool>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
}

/// Which records to export.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditExportParams {
    #[param(example = "approval.approve", min_length = 1, max_length = 100)]
    pub action: Option<String>,
    pub actor_id: Option<Uuid>,
    #[param(example = "ticket", min_length = 1, max_length = 100)]
    pub resource_type: Option<String>,
    #[param(min_length = 1, max_length = 255)]
    pub resource_id: Option<String>,
    /// SUCCEEDED, REFUSED, FAILED.
    #[param(pattern = "^(SUCCEEDED|REFUSED|FAILED)$")]
    pub outcome: Option<String>,
    pub request_id: Option<Uuid>,
    /// First moment (RFC 3339), of the years 0001 to 9999.
    pub from: Option<DateTime<Utc>>,
    /// First moment that is not wanted any more (RFC 3339), of the years 0001 to 9999.
    pub to: Option<DateTime<Utc>>,
    /// The platform's records, on what all tenants share, instead of the tenant's own. Needs the role
    /// PlatformAuditor or PlatformAdmin.
    #[param(default = false)]
    pub platform: Option<bool>,
}

impl From<AuditParams> for AuditExportParams {
    fn from(params: AuditParams) -> Self {
        Self {
            action: params.action,
            actor_id: params.actor_id,
            resource_type: params.resource_type,
            resource_id: params.resource_id,
            outcome: params.outcome,
            request_id: params.request_id,
            from: params.from,
            to: params.to,
            platform: params.platform,
        }
    }
}
