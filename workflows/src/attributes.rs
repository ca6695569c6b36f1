//! Search attributes: what an SRE can filter workflows by. They are stored in clear and hold no secret.

use temporalio_common::search_attributes::SearchAttributeKey;

pub const TENANT_ID: SearchAttributeKey<String> = SearchAttributeKey::keyword("TenantId");
pub const WORKSPACE_ID: SearchAttributeKey<String> = SearchAttributeKey::keyword("WorkspaceId");
pub const TICKET_ID: SearchAttributeKey<String> = SearchAttributeKey::keyword("TicketId");
pub const TICKET_TYPE: SearchAttributeKey<String> = SearchAttributeKey::keyword("TicketType");
pub const TICKET_STATE: SearchAttributeKey<String> = SearchAttributeKey::keyword("TicketState");
pub const REQUESTER: SearchAttributeKey<String> = SearchAttributeKey::keyword("Requester");
pub const CLUSTER_ID: SearchAttributeKey<String> = SearchAttributeKey::keyword("ClusterId");
pub const ENVIRONMENT: SearchAttributeKey<String> = SearchAttributeKey::keyword("Environment");
pub const RISK_TIER: SearchAttributeKey<String> = SearchAttributeKey::keyword("RiskTier");

/// Names of all of them, for the bootstrap that registers them. All are keywords.
pub const ALL: [&str; 9] = [
    "TenantId",
    "WorkspaceId",
    "TicketId",
    "TicketType",
    "TicketState",
    "Requester",
    "ClusterId",
    "Environment",
    "RiskTier",
];
