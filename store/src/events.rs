//! Reading events in the order in which they became visible.
//!
//! Ids are given at insertion and rows become visible at commit, so the id alone is no cursor: a row could appear
//! below one that was already read. The cursor is (transaction, id), and rows are read only below the oldest
//! transaction that is still running, where nothing can appear any more.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text, Uuid as SqlUuid};
use serde_json::json;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::policy::Permission;
use shepherd_domain::{Code, Refusal};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::pipeline::All;
use crate::schema::{events, sessions};
use crate::visible::visible;
use crate::wake::{Channel, Wakes};

const PAGE: i64 = 500;

/// Place in the stream: the transaction that wrote an event, and the event's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventCursor {
    xid: u64,
    id: i64,
}

impl FromStr for EventCursor {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let parse = |text: &str| -> Option<Self> {
            // As the contract has it: no number of ours is longer, and all of that length fit.
            let digits = |part: &str| (1..=18).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            let (xid, id) = text.split_once('-').filter(|(xid, id)| digits(xid) && digits(id))?;
            Some(Self { xid: xid.parse().ok()?, id: id.parse().ok()? })
        };
        parse(text).ok_or_else(|| Refusal::new(Code::InvalidQuery).with(json!({"parameter": "last_event_id"})))
    }
}

impl fmt::Display for EventCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.id)
    }
}

/// A change that the caller may see.
#[derive(Clone, Debug)]
pub struct Event {
    pub cursor: EventCursor,
    pub kind: String,
    pub resource_id: Uuid,
    pub state: String,
    pub at: DateTime<Utc>,
}

/// What is new.
#[derive(Clone, Debug)]
pub struct Events {
    pub items: Vec<Event>,
    /// Where to go on: behind everything that was looked at, seen or not.
    pub next: EventCursor,
    /// Whether there may be more at once.
    pub more: bool,
    /// Whether there is something new that an older transaction still holds back.
    pub held: bool,
    /// Who asked.
    pub caller: PrincipalId,
}

type Row = (String, i64, String, Uuid, String, DateTime<Utc>);

#[derive(QueryableByName)]
struct Horizon {
    #[diesel(sql_type = Text)]
    xmin: String,
    #[diesel(sql_type = Bool)]
    held: bool,
}

impl Store {
    /// Events behind `after` that the caller may see: about their own things, and of workspaces in which they may
    /// read such things. Without a cursor nothing, and the place from which to go on.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn events_after(&self, ctx: &Ctx, after: Option<EventCursor>) -> Result<Events> {
        let horizon = sql_query(
            "select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, exists (select from events \
             where tenant_id = $1 and xid >= pg_snapshot_xmin(pg_current_snapshot())) as held",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0);
        // Without a cursor one beyond every row, so that the statements stay the same.
        let from = after.unwrap_or(EventCursor { xid: u64::MAX, id: 0 });
        // Diesel does not know the type `xid8`; it travels as text.
        let new = sql::<Bool>("(events.xid, events.id) > (")
            .bind::<Text, _>(from.xid.to_string())
            .sql("::xid8, ")
            .bind::<BigInt, _>(from.id)
            .sql(") and events.xid < pg_snapshot_xmin(pg_current_snapshot())");
        let caller = sessions::table.filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::id.eq(ctx.session())));
        let own = events::principal_id.assume_not_null().eq_any(caller.select(sessions::principal_id));
        let of = |kinds: &'static [&'static str], permission| {
            events::kind.eq_any(kinds).and(visible(ctx, permission, "events.workspace_id"))
        };
        let rows = events::table
            .filter(events::tenant_id.eq(ctx.tenant.0))
            .filter(new)
            .filter(
                own.or(of(&["ticket", "step"], Permission::TicketRead))
                    .or(of(&["vm"], Permission::VmRead))
                    .or(of(&["cluster"], Permission::ClusterRead)),
            )
            .select((
                sql::<Text>("events.xid::text"),
                events::id,
                events::kind,
                events::resource_id,
                events::state,
                events::created_at,
            ))
            .order(sql::<Text>("events.xid, events.id"))
            .limit(PAGE);
        let (actor, (horizon, rows)): (_, (Vec<Horizon>, Vec<Row>)) = self.read(ctx, All((horizon, rows))).await?;
        let stored = || Error::Stored("transaction id of an event".to_owned());
        let horizon = horizon.into_iter().next().ok_or_else(stored)?;
        let xmin = horizon.xmin.parse().map_err(|_| stored())?;
        let items: Vec<Event> = rows.into_iter().map(event).collect::<Option<_>>().ok_or_else(stored)?;
        let more = i64::try_from(items.len()).is_ok_and(|read| read >= PAGE);
        // The rows were read a moment after the horizon and may lie above it. A cursor of another life of the
        // database, above everything, comes down to the horizon.
        let end = EventCursor { xid: xmin, id: 0 };
        let next = match items.last() {
            Some(last) if more => last.cursor,
            last => last.map_or(end, |last| last.cursor.max(end)),
        };
        Ok(Events { items, next, more, held: horizon.held, caller: actor.principal })
    }

    /// Listens for new events on a connection of its own.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn event_wakes(&self) -> Result<Wakes> {
        Wakes::on(self.url(), Channel::Events).await
    }
}

fn event((xid, id, kind, resource_id, state, at): Row) -> Option<Event> {
    let cursor = EventCursor { xid: xid.parse().ok()?, id };
    Some(Event { cursor, kind, resource_id, state, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        for text in ["0-0", "812-44", "999999999999999999-999999999999999999"] {
            assert_eq!(text.parse::<EventCursor>().map(|cursor| cursor.to_string()).as_deref(), Ok(text));
        }
        for text in
            ["", "1", "1-", "-1", "+1-2", "1--2", "1-2-3", "a-1", "1-1000000000000000000", "1000000000000000000-1"]
        {
            assert!(text.parse::<EventCursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_transaction_counts_before_the_id() {
        assert!(EventCursor { xid: 2, id: 1 } > EventCursor { xid: 1, id: 9 });
    }
}
