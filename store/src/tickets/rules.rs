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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use shepherd_domain::policy::Role;
    use uuid::Uuid;

    const REQUESTER: PrincipalId = PrincipalId(Uuid::from_u128(1));
    const OTHER: PrincipalId = PrincipalId(Uuid::from_u128(2));
    const THIRD: PrincipalId = PrincipalId(Uuid::from_u128(3));

    fn ticket(state: &str) -> Ticket {
        let (id, at) = (Uuid::from_u128(20), DateTime::UNIX_EPOCH);
        Ticket {
            id,
            workspace_id: id,
            system_id: id,
            service_id: id,
            namespace_id: id,
            template_id: id,
            instance_size_id: id,
            requester_id: REQUESTER.0,
            reason: String::new(),
            instance: 1,
            vm_name: "vm".to_owned(),
            disk_gib: None,
            state: state.to_owned(),
            run_state: None,
            fault: None,
            abandoned_at: None,
            created_at: at,
            updated_at: at,
            finished_at: None,
        }
    }

    /// Reasons against approving, rejecting, cancelling and abandoning.
    fn reasons(actor: &Actor, ticket: &Ticket) -> [Option<&'static str>; 4] {
        let actions = allowed_actions(actor, ticket);
        assert!(actions.iter().all(|action| action.allowed == action.reason.is_none()));
        let names: Vec<_> = actions.iter().map(|action| action.action).collect();
        assert_eq!(names, ["approve", "reject", "cancel", "abandon"]);
        let reasons: Vec<_> = actions.iter().map(|action| action.reason).collect();
        reasons.try_into().expect("four")
    }

    const DENIED: Option<&str> = Some("PERMISSION_DENIED");
    const ONE_PERSON: Option<&str> = Some("TWO_PERSON_INTEGRITY");
    const DECIDED: Option<&str> = Some("ALREADY_DECIDED");
    const CONFLICT: Option<&str> = Some("STATE_CONFLICT");

    #[test]
    fn only_a_second_person_decides() {
        let approver = Actor::holding(OTHER, Role::Approver, THIRD);
        assert_eq!(reasons(&approver, &ticket("PENDING")), [None, None, DENIED, DENIED]);
        assert_eq!(reasons(&approver, &ticket("REJECTED")), [DECIDED, DECIDED, DENIED, DENIED]);
        assert!(one_person(&approver, &ticket("PENDING")).is_none());
        let own = Actor::holding(REQUESTER, Role::Approver, THIRD);
        assert_eq!(reasons(&own, &ticket("PENDING")), [ONE_PERSON, ONE_PERSON, None, CONFLICT]);
        let dependent = Actor::holding(OTHER, Role::Approver, REQUESTER);
        assert_eq!(reasons(&dependent, &ticket("PENDING")), [ONE_PERSON, ONE_PERSON, DENIED, DENIED]);
        for (actor, rule) in [(own, "requester"), (dependent, "dependent_approver")] {
            let refusal = Refusal::new(Code::TwoPersonIntegrity).with(json!({"rule": rule}));
            assert_eq!(one_person(&actor, &ticket("PENDING")), Some(refusal));
        }
    }

    #[test]
    fn the_requester_cancels_what_is_pending_and_abandons_what_runs() {
        let requester = Actor::person(REQUESTER, "Ada", None);
        for (state, cancel, abandon) in [
            ("PENDING", None, CONFLICT),
            ("APPROVED", DECIDED, None),
            ("EXECUTING", DECIDED, None),
            ("SUCCESS", DECIDED, CONFLICT),
        ] {
            assert_eq!(reasons(&requester, &ticket(state)), [DENIED, DENIED, cancel, abandon], "{state}");
        }
        let abandoned = Ticket { abandoned_at: Some(DateTime::UNIX_EPOCH), ..ticket("EXECUTING") };
        assert_eq!(reasons(&requester, &abandoned), [DENIED, DENIED, DECIDED, CONFLICT]);
    }

    #[test]
    fn operations_abandon_what_others_run() {
        let operator = Actor::holding(OTHER, Role::Sre, THIRD);
        assert_eq!(reasons(&operator, &ticket("EXECUTING")), [DENIED, DENIED, DENIED, None]);
        assert_eq!(reasons(&operator, &ticket("PENDING")), [DENIED, DENIED, DENIED, CONFLICT]);
    }

    #[test]
    fn a_ticket_is_seen_by_its_requester_and_by_those_who_read_tickets() {
        let seen = |actor| sees(&actor, &ticket("PENDING"));
        assert!(seen(Actor::person(REQUESTER, "Ada", None)) && seen(Actor::holding(OTHER, Role::Approver, THIRD)));
        assert!(!seen(Actor::person(OTHER, "Eve", None)) && !seen(Actor::holding(OTHER, Role::Viewer, THIRD)));
    }
}
