//! Lists of tickets, with what an inbox shows of each.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use shepherd_domain::ids::{NamespaceId, PrincipalId, ServiceId, SystemId, VmId, WorkspaceId};
use shepherd_domain::policy::Permission;
use shepherd_domain::ticket::TicketState;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use super::rules::allowed_actions;
use super::view::{DISK_GIB, LAST_REQUEST, NAMED, NAMES};
use super::{AllowedAction, Names, Ticket};
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::page::{CursorPage, TOTAL_CAP};
use crate::pipeline::All;
use crate::visible::{CALLER, roles_with, within};

/// How many tickets a search for text looks through: no index finds a part of a word under row-level security, so
/// what a search may cost is bounded.
pub const SEARCHED: i64 = 10_000;

/// The pending request `r` of a ticket `t`.
pub(super) const PENDING_REQUEST: &str =
    "join approval_requests r on r.tenant_id = t.tenant_id and r.ticket_id = t.id and r.state = 'PENDING'";

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketSort {
    #[default]
    Newest,
    Oldest,
    /// What must be decided first comes first.
    Deadline,
}

/// Place in a list of tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketCursor {
    /// Only where deadlines decide the order.
    deadline: Option<DateTime<Utc>>,
    id: Uuid,
}

/// Which tickets, and in which order; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    pub states: Vec<TicketState>,
    /// Only pending ones of workspaces in which the caller decides; the caller's own are among them.
    pub decidable: bool,
    pub workspace: Option<WorkspaceId>,
    pub system: Option<SystemId>,
    pub service: Option<ServiceId>,
    pub namespace: Option<NamespaceId>,
    pub requester: Option<PrincipalId>,
    /// The request that this VM came from.
    pub vm: Option<VmId>,
    /// In the VM's name, in the reason, or in the requester's names; among the first [`SEARCHED`] that the rest of the
    /// filter leaves.
    pub text: Option<String>,
    pub sort: TicketSort,
    pub after: Option<TicketCursor>,
    pub per_page: i64,
}

/// A ticket as a list shows it.
#[derive(Clone, Debug)]
pub struct TicketRow {
    pub ticket: Ticket,
    pub names: Names,
    pub deadline_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    /// What was approved, or else what was asked for.
    pub cpu_cores: i32,
    pub memory_mib: i32,
    /// None where the root disk is the image's own.
    pub disk_gib: Option<i32>,
    pub allowed_actions: Vec<AllowedAction>,
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(embed)]
    ticket: Ticket,
    #[diesel(embed)]
    names: Names,
    #[diesel(sql_type = Timestamptz)]
    deadline_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Int4)]
    cpu_cores: i32,
    #[diesel(sql_type = Int4)]
    memory_mib: i32,
    #[diesel(sql_type = Nullable<Int4>)]
    effective_disk_gib: Option<i32>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl TicketCursor {
    /// Reads the text of an earlier answer in the same order.
    ///
    /// # Errors
    /// `INVALID_QUERY` for anything else.
    pub fn parse(text: &str, sort: TicketSort) -> Result<Self, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let cursor = match (sort, bytes.split_last_chunk::<16>()) {
            (TicketSort::Newest | TicketSort::Oldest, Some(([], id))) => {
                Some(Self { deadline: None, id: Uuid::from_bytes(*id) })
            }
            (TicketSort::Deadline, Some((at, id))) => <[u8; 8]>::try_from(at)
                .ok()
                .and_then(|at| DateTime::from_timestamp_micros(i64::from_be_bytes(at)))
                // PostgreSQL knows no later year.
                .filter(|at| (0..=9999).contains(&chrono::Datelike::year(at)))
                .map(|at| Self { deadline: Some(at), id: Uuid::from_bytes(*id) }),
            _ => None,
        };
        cursor.ok_or_else(|| Refusal::new(Code::InvalidQuery).with(json!({"parameter": "cursor"})))
    }

    fn text(self) -> String {
        let at = self.deadline.map(|at| at.timestamp_micros().to_be_bytes());
        URL_SAFE_NO_PAD.encode([at.as_ref().map_or(&[][..], |at| at), self.id.as_bytes()].concat())
    }

    fn of(row: &TicketRow, sort: TicketSort) -> Self {
        Self { deadline: (sort == TicketSort::Deadline).then_some(row.deadline_at), id: row.ticket.id }
    }
}

impl Store {
    /// Tickets that the caller may see: their own, and those of workspaces in which they may read tickets.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn tickets_list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<CursorPage<TicketRow>> {
        let (page, counted) = (Conditions::of(ctx, filter).page(filter), Conditions::of(ctx, filter).counted());
        let (actor, (rows, counted)): (_, (Vec<Stored>, Vec<Counted>)) = self.read(ctx, All((page, counted))).await?;
        let total = counted.first().map_or(0, |row| row.number);
        let shown = |row: Stored| TicketRow {
            allowed_actions: allowed_actions(&actor, &row.ticket),
            ticket: row.ticket,
            names: row.names,
            deadline_at: row.deadline_at,
            decided_at: row.decided_at,
            cpu_cores: row.cpu_cores,
            memory_mib: row.memory_mib,
            disk_gib: row.effective_disk_gib,
        };
        let rows = rows.into_iter().map(shown).collect();
        Ok(CursorPage::cut_at(rows, filter.per_page, total, |row| TicketCursor::of(row, filter.sort).text()))
    }
}

enum Bind {
    Id(Uuid),
    Words(Vec<&'static str>),
    Text(String),
    Time(DateTime<Utc>),
}

/// Text of a condition on tickets `t`, with what its parameters stand for. The text hangs on which filters are given,
/// never on their values.
struct Conditions {
    text: String,
    /// What holds for the text that is searched for.
    search: Option<String>,
    binds: Vec<Bind>,
    only_pending: bool,
}

impl Conditions {
    fn of(ctx: &Ctx, filter: &TicketFilter) -> Self {
        let binds = vec![Bind::Id(ctx.tenant.0), Bind::Id(ctx.session())];
        let text = "t.tenant_id = $1".to_owned();
        let mut all = Self { text, search: None, binds, only_pending: filter.decidable };
        let roles = all.bind(Bind::Words(roles_with(Permission::TicketRead)));
        all.and(&format!("({} or t.requester_id = {CALLER})", within("t.workspace_id", roles)));
        if filter.decidable {
            let roles = all.bind(Bind::Words(roles_with(Permission::ApprovalDecide)));
            all.and(&within("t.workspace_id", roles));
        }
        if filter.states == [TicketState::Pending] {
            all.only_pending = true;
        } else if !filter.states.is_empty() {
            let words = all.bind(Bind::Words(filter.states.iter().map(|state| state.as_str()).collect()));
            all.and(&format!("t.state = any(${words})"));
        }
        let ids = [
            ("workspace_id", filter.workspace.map(|id| id.0)),
            ("system_id", filter.system.map(|id| id.0)),
            ("service_id", filter.service.map(|id| id.0)),
            ("namespace_id", filter.namespace.map(|id| id.0)),
            ("requester_id", filter.requester.map(|id| id.0)),
        ];
        for (column, id) in ids.into_iter().filter_map(|(column, id)| Some((column, id?))) {
            let id = all.bind(Bind::Id(id));
            all.and(&format!("t.{column} = ${id}"));
        }
        if let Some(vm) = filter.vm {
            let vm = all.bind(Bind::Id(vm.0));
            all.and(&format!("t.id in (select w.ticket_id from vms w where w.tenant_id = $1 and w.id = ${vm})"));
        }
        if let Some(text) = &filter.text {
            let part = all.bind(Bind::Text(pattern(text)));
            all.search = Some(format!(
                "(t.vm_name ilike ${part} or t.reason ilike ${part} or t.requester_id in (select w.id from principals w \
                 where w.tenant_id = $1 and (w.display_name ilike ${part} or w.username ilike ${part})))"
            ));
        }
        all
    }

    fn bind(&mut self, value: Bind) -> usize {
        self.binds.push(value);
        self.binds.len()
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(" and ");
        self.text.push_str(condition);
    }

    /// Says of the ticket that it is pending, if it must be.
    fn pending(&mut self) {
        if self.only_pending {
            self.and("t.state = 'PENDING'");
        }
    }

    /// One entry more than the page holds.
    fn page(mut self, filter: &TicketFilter) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        if let Some(cursor) = filter.after {
            let id = self.bind(Bind::Id(cursor.id));
            match (filter.sort, cursor.deadline) {
                (TicketSort::Newest, _) => self.and(&format!("t.id < ${id}")),
                (TicketSort::Deadline, Some(at)) => {
                    let at = self.bind(Bind::Time(at));
                    self.and(&format!("(r.expires_at, r.ticket_id) > (${at}, ${id})"));
                }
                _ => self.and(&format!("t.id > ${id}")),
            }
        }
        // Written out: of a limit that is a parameter the planner believes that it takes a tenth of everything.
        let limit = filter.per_page + 1;
        let order = match filter.sort {
            TicketSort::Newest => "t.id desc",
            TicketSort::Oldest => "t.id",
            TicketSort::Deadline => "r.expires_at, t.id",
        };
        // A pending ticket has a pending request, and no other has: saying both makes the planner expect few of them.
        let (request, due) = if filter.sort == TicketSort::Deadline {
            (PENDING_REQUEST, "r.expires_at")
        } else {
            self.pending();
            ("", "null::timestamptz")
        };
        let tickets = match &self.search {
            None => format!("select t.* from tickets t {request} where {} order by {order} limit {limit}", self.text),
            Some(search) => format!(
                "select t.* from (select t.*, {due} as due from tickets t {request} where {} order by {order} \
                   limit {SEARCHED}) t \
                 where {search} order by t.due, {} limit {limit}",
                self.text,
                if filter.sort == TicketSort::Newest { "t.id desc" } else { "t.id" },
            ),
        };
        let text = format!(
            "select t.*, {NAMES}, r.expires_at as deadline_at, r.decided_at, \
               coalesce((r.size_snapshot ->> 'cpu_cores')::integer, z.cpu_cores) as cpu_cores, \
               coalesce((r.size_snapshot ->> 'memory_mib')::integer, z.memory_mib) as memory_mib, \
               {DISK_GIB} as effective_disk_gib \
             from ({tickets}) t {LAST_REQUEST} {NAMED} order by {order}"
        );
        bound(text, self.binds)
    }

    fn counted(mut self) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        self.pending();
        let text = match &self.search {
            None => format!("select from tickets t where {} limit {TOTAL_CAP}", self.text),
            Some(search) => format!(
                "select from (select t.* from tickets t where {} order by t.id desc limit {SEARCHED}) t \
                 where {search} limit {TOTAL_CAP}",
                self.text
            ),
        };
        bound(format!("select count(*) as number from ({text}) c"), self.binds)
    }
}

fn bound(text: String, binds: Vec<Bind>) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    binds.into_iter().fold(sql_query(text).into_boxed(), |query, bind| match bind {
        Bind::Id(id) => query.bind::<SqlUuid, _>(id),
        Bind::Words(words) => query.bind::<Array<Text>, _>(words),
        Bind::Text(text) => query.bind::<Text, _>(text),
        Bind::Time(at) => query.bind::<Timestamptz, _>(at),
    })
}

/// Pattern for `ilike` that finds `text` anywhere, its own signs taken as they are.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_in_their_own_order_only() {
        let id = Uuid::from_u128(7);
        let by_id = TicketCursor { deadline: None, id };
        let by_deadline = TicketCursor { deadline: DateTime::from_timestamp_micros(1_790_000_000_123_456), id };
        assert_eq!(TicketCursor::parse(&by_id.text(), TicketSort::Newest), Ok(by_id));
        assert_eq!(TicketCursor::parse(&by_deadline.text(), TicketSort::Deadline), Ok(by_deadline));
        assert!(TicketCursor::parse(&by_deadline.text(), TicketSort::Oldest).is_err());
        assert!(TicketCursor::parse(&by_id.text(), TicketSort::Deadline).is_err());
        assert!(TicketCursor::parse("", TicketSort::Newest).is_err());
    }

    #[test]
    fn signs_of_patterns_stand_for_themselves() {
        assert_eq!(pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
