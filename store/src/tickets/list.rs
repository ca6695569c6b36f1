//! Lists of tickets, newest first.

use diesel::prelude::*;
use shepherd_domain::ids::{NamespaceId, PrincipalId, ServiceId, SystemId, WorkspaceId};
use shepherd_domain::policy::Permission;
use shepherd_domain::ticket::TicketState;

use super::Ticket;
use crate::connection::Store;
use crate::ctx::{Caller, Ctx};
use crate::error::Result;
use crate::page::{Cursor, CursorPage, TOTAL_CAP};
use crate::pipeline::All;
use crate::schema::{sessions, tickets};
use crate::visible::visible;

/// Which tickets; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    pub states: Vec<TicketState>,
    pub workspace: Option<WorkspaceId>,
    pub system: Option<SystemId>,
    pub service: Option<ServiceId>,
    pub namespace: Option<NamespaceId>,
    pub requester: Option<PrincipalId>,
    pub before: Option<Cursor>,
    pub per_page: i64,
}

impl Store {
    /// Tickets that the caller may see: their own, and those of workspaces in which they may read tickets.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn tickets_list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<CursorPage<Ticket>> {
        let matching = || {
            let session = match &ctx.caller {
                Caller::Session { id, .. } => id.0,
                _ => uuid::Uuid::nil(),
            };
            let own = sessions::table
                .filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::id.eq(session)))
                .filter(sessions::principal_id.eq(tickets::requester_id));
            let seen = visible(ctx, Permission::TicketRead, "tickets.workspace_id");
            let mut query = tickets::table
                .filter(tickets::tenant_id.eq(ctx.tenant.0))
                .filter(seen.or(diesel::dsl::exists(own)))
                .into_boxed();
            if !filter.states.is_empty() {
                let words: Vec<_> = filter.states.iter().map(|state| state.as_str()).collect();
                query = query.filter(tickets::state.eq_any(words));
            }
            if let Some(id) = filter.workspace {
                query = query.filter(tickets::workspace_id.eq(id.0));
            }
            if let Some(id) = filter.system {
                query = query.filter(tickets::system_id.eq(id.0));
            }
            if let Some(id) = filter.service {
                query = query.filter(tickets::service_id.eq(id.0));
            }
            if let Some(id) = filter.namespace {
                query = query.filter(tickets::namespace_id.eq(id.0));
            }
            if let Some(id) = filter.requester {
                query = query.filter(tickets::requester_id.eq(id.0));
            }
            query
        };
        let mut rows = matching().select(Ticket::as_select()).order(tickets::id.desc()).limit(filter.per_page + 1);
        if let Some(cursor) = filter.before {
            rows = rows.filter(tickets::id.lt(cursor.0));
        }
        let counted = matching().select(tickets::id).limit(TOTAL_CAP);
        let (_, (rows, counted)): (_, (Vec<Ticket>, Vec<uuid::Uuid>)) = self.read(ctx, All((rows, counted))).await?;
        let total = i64::try_from(counted.len()).unwrap_or(TOTAL_CAP);
        Ok(CursorPage::cut(rows, filter.per_page, total, |ticket| ticket.id))
    }
}
