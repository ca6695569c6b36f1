//! Who may see, decide and end a ticket. Decisions ask inside their transaction, and the database repeats the rule of
//! two persons.

use serde_json::json;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::policy::Permission;
use shepherd_domain::{Code, Refusal};

use super::Ticket;
use crate::actor::Actor;

/// Something the caller may do, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowedAction {
    pub action: &'static str,
    pub allowed: bool,
    /// Code of the rule that stands in the way.
    pub reason: Option<&'static str>,
}

/// Why the caller and the requester of a ticket count as one person, if they do.
pub(super) fn one_person(actor: &Actor, ticket: &Ticket) -> Option<Refusal> {
    let requester = PrincipalId(ticket.requester_id);
    let rule = if actor.principal == requester {
        "requester"
    } else if actor.depends_on(requester, Permission::ApprovalDecide, ticket.scope()) {
        "dependent_approver"
    } else {
        return None;
    };
    Some(Refusal::new(Code::TwoPersonIntegrity).with(json!({"rule": rule})))
}

/// Whether the caller may know of a ticket.
pub(super) fn sees(actor: &Actor, ticket: &Ticket) -> bool {
    ticket.requester_id == actor.principal.0 || actor.allows(Permission::TicketRead, ticket.scope())
}

/// What the caller may do to a ticket, and which rule stands in the way of the rest.
pub(super) fn allowed_actions(actor: &Actor, ticket: &Ticket) -> Vec<AllowedAction> {
    let own = ticket.requester_id == actor.principal.0;
    let decides = actor.allows(Permission::ApprovalDecide, ticket.scope());
    let pending = ticket.state == "PENDING";
    let decide = if !decides {
        Some("PERMISSION_DENIED")
    } else if one_person(actor, ticket).is_some() {
        Some("TWO_PERSON_INTEGRITY")
    } else if pending {
        None
    } else {
        Some("ALREADY_DECIDED")
    };
    let cancel = if !own {
        Some("PERMISSION_DENIED")
    } else if pending {
        None
    } else {
        Some("ALREADY_DECIDED")
    };
    let abandon = if !own && !actor.allows(Permission::ExecutionAbandon, ticket.scope()) {
        Some("PERMISSION_DENIED")
    } else if ["APPROVED", "EXECUTING"].contains(&ticket.state.as_str()) && ticket.abandoned_at.is_none() {
        None
    } else {
        Some("STATE_CONFLICT")
    };
    let action = |action, reason: Option<&'static str>| AllowedAction { action, allowed: reason.is_none(), reason };
    vec![action("approve", decide), action("reject", decide), action("cancel", cancel), action("abandon", abandon)]
}
