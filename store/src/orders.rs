//! Orders for the worker, written with the change that causes them and delivered afterwards.

use diesel::insert_into;
use diesel::prelude::*;
use serde_json::Value;
use shepherd_domain::ids::{ClusterId, TicketId};
use uuid::Uuid;

use crate::schema::outbox;
use crate::tx::Tx;

/// What the worker is told. The words live in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    TicketStart,
    TicketDecided,
    TicketAbandoned,
    ClusterCheck,
}

impl OrderKind {
    pub(crate) const ALL: [Self; 4] =
        [Self::TicketStart, Self::TicketDecided, Self::TicketAbandoned, Self::ClusterCheck];

    /// Word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TicketStart => "ticket_start",
            Self::TicketDecided => "ticket_decided",
            Self::TicketAbandoned => "ticket_abandoned",
            Self::ClusterCheck => "cluster_check",
        }
    }
}

/// Workflow id of a ticket's run.
pub fn ticket_workflow(id: TicketId) -> String {
    format!("ticket-{id}")
}

/// Workflow id of the check of one credential of a cluster.
pub fn cluster_workflow(id: ClusterId, order: Uuid) -> String {
    format!("cluster-check-{id}-{order}")
}

impl Tx {
    /// Queues an order; the relay is woken after the commit. `id` is the order's idempotency key.
    pub(crate) fn order(&mut self, id: Uuid, subject: String, kind: OrderKind, payload: Value) {
        self.write(insert_into(outbox::table).values((
            outbox::tenant_id.eq(self.ctx().tenant.0),
            outbox::id.eq(id),
            outbox::subject.eq(subject),
            outbox::kind.eq(kind.as_str()),
            outbox::payload.eq(payload),
        )));
        self.wake_relay();
    }
}
