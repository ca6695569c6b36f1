//! What the strip above an inbox says: numbers, and how they are spread.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Int4, Nullable, Text, Uuid as SqlUuid};
use shepherd_domain::policy::Permission;
use shepherd_domain::ticket::AgeTier;

use super::list::PENDING_REQUEST;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::page::TOTAL_CAP;
use crate::pipeline::All;
use crate::visible::{CALLER, roles_with, within};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Upper ends of the buckets; a last one takes the rest.
const ENDS: [i64; 9] = [5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY];

/// Holds where the caller does not depend on the requester of a ticket `t`, as `Actor::depends_on` has it: who made the
/// account, gave it its password or alone gave it the roles of `$3` counts as one person with the caller.
const INDEPENDENT: &str = "t.requester_id <> all(array( \
      select vp.created_by from sessions vs join principals vp on vp.tenant_id = vs.tenant_id and vp.id = vs.principal_id \
      where vs.tenant_id = $1 and vs.id = $2 \
      union all select vc.reset_by from sessions vs \
      join local_credentials vc on vc.tenant_id = vs.tenant_id and vc.principal_id = vs.principal_id \
      where vs.tenant_id = $1 and vs.id = $2 and vc.reset_by is not null)) \
    and (t.requester_id <> all(array( \
        select vb.granted_by from sessions vs \
        join role_bindings vb on vb.tenant_id = vs.tenant_id and vb.principal_id = vs.principal_id \
        where vs.tenant_id = $1 and vs.id = $2 and vb.role = any($3))) \
      or exists (select from sessions vs \
        join role_bindings vb on vb.tenant_id = vs.tenant_id and vb.principal_id = vs.principal_id \
        where vs.tenant_id = $1 and vs.id = $2 and vb.role = any($3) and vb.granted_by <> t.requester_id \
          and (vb.workspace_id is null or vb.workspace_id = t.workspace_id)))";

/// How many lasted less than `end` seconds and not less than the bucket before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// `None` for the last.
    pub end: Option<i64>,
    pub count: i64,
}

/// Numbers of the caller's inbox.
#[derive(Clone, Debug, Default)]
pub struct TicketSummary {
    /// Pending requests of others on which the caller can decide, among the [`TOTAL_CAP`] that are due first.
    pub waiting_for_me: i64,
    pub old: i64,
    pub overdue: i64,
    pub expiring_in_4h: i64,
    /// The caller's own pending requests.
    pub mine_pending: i64,
    /// Approvals and rejections of the last seven days that the caller may see, among the latest [`TOTAL_CAP`].
    pub decided_this_week: i64,
    pub median_seconds_to_decision: Option<i64>,
    /// Ages of those that wait for the caller.
    pub ages: Vec<Bucket>,
    /// Times to decision of this week.
    pub decisions: Vec<Bucket>,
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = Int4)]
    bucket: i32,
    #[diesel(sql_type = BigInt)]
    others: i64,
    #[diesel(sql_type = BigInt)]
    old: i64,
    #[diesel(sql_type = BigInt)]
    overdue: i64,
    #[diesel(sql_type = BigInt)]
    expiring: i64,
    #[diesel(sql_type = BigInt)]
    mine: i64,
}

#[derive(QueryableByName)]
struct Decided {
    /// None in the row about all of them.
    #[diesel(sql_type = Nullable<Int4>)]
    bucket: Option<i32>,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    median: Option<i64>,
}

impl Store {
    /// Numbers of the caller's inbox; zeros for somebody to whom nothing is open.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn tickets_summary(&self, ctx: &Ctx) -> Result<TicketSummary> {
        let waiting = sql_query(format!(
            "with p as ((select r.ticket_id, r.expires_at from approval_requests r \
                 where r.tenant_id = $1 and r.state = 'PENDING' order by r.expires_at, r.ticket_id limit {TOTAL_CAP}) \
               union (select t.id, r.expires_at from tickets t {PENDING_REQUEST} \
                 where t.tenant_id = $1 and t.requester_id = {CALLER} and t.state = 'PENDING' limit {TOTAL_CAP})), \
             w as (select t.requester_id = {CALLER} as own, {} and {INDEPENDENT} as decides, p.expires_at, \
                 extract(epoch from now() - t.created_at)::bigint as age \
               from p join tickets t on t.tenant_id = $1 and t.id = p.ticket_id where t.state = 'PENDING') \
             select width_bucket(age, $4) as bucket, count(*) filter (where decides and not own) as others, \
               count(*) filter (where decides and not own and age >= $5 and age < $6) as old, \
               count(*) filter (where decides and not own and age >= $6) as overdue, \
               count(*) filter (where decides and not own and expires_at < now() + interval '4 hours') as expiring, \
               count(*) filter (where own) as mine \
             from w where own or decides group by 1",
            within("t.workspace_id", 3)
        ))
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(ctx.session())
        .bind::<Array<Text>, _>(roles_with(Permission::ApprovalDecide))
        .bind::<Array<BigInt>, _>(ENDS.to_vec())
        .bind::<BigInt, _>(AgeTier::OLD_AFTER_SECONDS)
        .bind::<BigInt, _>(AgeTier::OVERDUE_AFTER_SECONDS);
        let decided = sql_query(format!(
            "with d as (select extract(epoch from r.decided_at - r.created_at)::bigint as took \
               from (select * from approval_requests r where r.tenant_id = $1 \
                   and r.decided_at > now() - interval '7 days' and r.state in ('APPROVED', 'REJECTED') \
                 order by r.decided_at desc limit {TOTAL_CAP}) r \
               join tickets t on t.tenant_id = r.tenant_id and t.id = r.ticket_id \
               where {} or t.requester_id = {CALLER}) \
             select bucket, count(*) as number, percentile_disc(0.5) within group (order by took) as median \
             from (select took, width_bucket(took, $4) as bucket from d) b group by grouping sets ((bucket), ())",
            within("t.workspace_id", 3)
        ))
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(ctx.session())
        .bind::<Array<Text>, _>(roles_with(Permission::TicketRead))
        .bind::<Array<BigInt>, _>(ENDS.to_vec());
        let (_, (waiting, decided)): (_, (Vec<Waiting>, Vec<Decided>)) =
            self.read(ctx, All((waiting, decided))).await?;
        Ok(summary(&waiting, &decided))
    }
}

fn summary(waiting: &[Waiting], decided: &[Decided]) -> TicketSummary {
    let sum = |number: fn(&Waiting) -> i64| waiting.iter().map(number).sum();
    let all = decided.iter().find(|row| row.bucket.is_none());
    TicketSummary {
        waiting_for_me: sum(|row| row.others),
        old: sum(|row| row.old),
        overdue: sum(|row| row.overdue),
        expiring_in_4h: sum(|row| row.expiring),
        mine_pending: sum(|row| row.mine),
        decided_this_week: all.map_or(0, |row| row.number),
        median_seconds_to_decision: all.and_then(|row| row.median),
        ages: buckets(waiting.iter().map(|row| (Some(row.bucket), row.others))),
        decisions: buckets(decided.iter().map(|row| (row.bucket, row.number))),
    }
}

/// Every bucket, those without an entry included.
fn buckets(found: impl Iterator<Item = (Option<i32>, i64)>) -> Vec<Bucket> {
    let mut all: Vec<_> = ENDS.iter().map(|end| Some(*end)).chain([None]).map(|end| Bucket { end, count: 0 }).collect();
    for (bucket, count) in found {
        if let Some(bucket) = bucket.and_then(|bucket| all.get_mut(usize::try_from(bucket).ok()?)) {
            bucket.count += count;
        }
    }
    all
}
