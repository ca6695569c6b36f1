//! How what the product stands on has fared: the database, Temporal, clusters and workers.
//!
//! A worker notes every few seconds what it sees. As long as a state lasts, its row only grows; a time that no row
//! covers is one in which no worker was looking.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{Array, Bool, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use futures_util::FutureExt as _;
use shepherd_domain::policy::{Permission, Scope};
use std::time::Duration;
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;

/// How often a worker notes what it sees.
pub const BEAT: Duration = Duration::from_secs(5);
/// After this long without a beat nobody is looking.
const SILENCE: TimeDelta = TimeDelta::seconds(20);
/// How far back a history goes.
const HISTORY: TimeDelta = TimeDelta::hours(24);

/// Something that the product stands on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    Database,
    Temporal,
    /// Any worker at all.
    Worker,
    /// A cluster, by its name.
    Cluster(String),
}

/// How a dependency fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyState {
    Ok,
    Unavailable,
    /// Nobody was looking.
    Unknown,
}

/// A stretch of time in which nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub state: DependencyState,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// A dependency and its last day.
#[derive(Clone, Debug)]
pub struct DependencyView {
    pub dependency: Dependency,
    pub cluster_id: Option<Uuid>,
    pub state: DependencyState,
    /// Last moment at which somebody saw that it was well.
    pub last_good_at: Option<DateTime<Utc>>,
    /// Without gaps, oldest first, up to now.
    pub history: Vec<Span>,
}

/// Every dependency at one moment.
#[derive(Clone, Debug)]
pub struct Dependencies {
    pub as_of: DateTime<Utc>,
    pub items: Vec<DependencyView>,
}

#[derive(Clone, QueryableByName)]
struct Row {
    #[diesel(sql_type = Timestamptz)]
    as_of: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    cluster_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    cluster: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_good_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Bool>)]
    good: Option<bool>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    since: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    seen_at: Option<DateTime<Utc>>,
}

impl Dependency {
    /// Word in the database and on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Temporal => "temporal",
            Self::Worker => "worker",
            Self::Cluster(_) => "cluster",
        }
    }

    fn read(kind: &str, cluster: Option<String>) -> Option<Self> {
        match kind {
            "database" => Some(Self::Database),
            "temporal" => Some(Self::Temporal),
            "worker" => Some(Self::Worker),
            _ => cluster.map(Self::Cluster),
        }
    }

    /// What it means when nobody has noted anything: the worker is known by its notes alone.
    fn unnoted(&self) -> DependencyState {
        if *self == Self::Worker { DependencyState::Unavailable } else { DependencyState::Unknown }
    }
}

impl DependencyState {
    /// Word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Unavailable => "UNAVAILABLE",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Store {
    /// Notes what a worker sees at this moment, and whether it is well. A cluster that is gone is left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn dependencies_note(&self, seen: &[(Dependency, bool)]) -> Result<()> {
        let names = seen.iter().map(|(dependency, _)| match dependency {
            Dependency::Cluster(name) => Some(name.as_str()),
            _ => None,
        });
        let note = sql_query(
            "with seen as (select s.kind, c.id as cluster_id, s.good from unnest($1, $2, $3) as s (kind, name, good) \
                 left join clusters c on c.name = s.name where s.kind <> 'cluster' or c.id is not null), \
               lasts as (select s.*, l.id from seen s left join lateral (select * from dependency_spans d \
                   where d.kind = s.kind and d.cluster_id is not distinct from s.cluster_id order by d.since desc limit 1) l \
                 on l.good = s.good and l.seen_at > now() - make_interval(secs => $4)), \
               grown as (update dependency_spans d set seen_at = now() from lasts where d.id = lasts.id), \
               old as (delete from dependency_spans where seen_at < now() - interval '7 days') \
             insert into dependency_spans (kind, cluster_id, good, since, seen_at) \
             select kind, cluster_id, good, now(), now() from lasts where id is null",
        )
        .bind::<Array<Text>, _>(seen.iter().map(|(dependency, _)| dependency.kind()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(names.collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(seen.iter().map(|(_, good)| *good).collect::<Vec<_>>())
        .bind::<Double, _>(SILENCE.as_seconds_f64());
        self.alone(|conn| diesel_async::RunQueryDsl::execute(note, conn).boxed()).await?;
        Ok(())
    }

    /// Notes, once the database answers again, for how long it had not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn database_was_away(&self, lasted: Duration) -> Result<()> {
        let note = sql_query(
            "insert into dependency_spans (kind, good, since, seen_at) \
             select 'database', false, now() - make_interval(secs => $1), now()",
        )
        .bind::<Double, _>(lasted.as_secs_f64());
        self.alone(|conn| diesel_async::RunQueryDsl::execute(note, conn).boxed()).await?;
        Ok(())
    }

    /// Every dependency with its last day. Clusters only for those who may see clusters.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn dependencies(&self, ctx: &Ctx) -> Result<Dependencies> {
        let query = sql_query(
            "select now() as as_of, k.kind, k.cluster_id, k.cluster, s.last_good_at, s.good, s.since, s.seen_at \
             from (select kind, null::uuid as cluster_id, null::text as cluster, place \
                     from (values ('database', 1), ('temporal', 2), ('worker', 3)) as f (kind, place) \
                   union all select 'cluster', id, name, 4 from clusters) k \
             left join lateral (select d.good, d.since, d.seen_at, l.last_good_at from \
                 (select max(g.seen_at) as last_good_at from dependency_spans g \
                    where g.kind = k.kind and g.cluster_id is not distinct from k.cluster_id and g.good) l \
                 left join lateral (select * from dependency_spans d \
                    where d.kind = k.kind and d.cluster_id is not distinct from k.cluster_id \
                    order by d.since desc limit 100) d on true) s on true \
             order by k.place, k.cluster, k.cluster_id, s.since",
        );
        let (actor, rows): (_, Vec<Row>) = self.read(ctx, query).await?;
        let as_of = rows.first().map_or_else(Utc::now, |row| row.as_of);
        let open = actor.allows(Permission::ClusterRead, Scope::Any);
        let rows: Vec<_> = rows.into_iter().filter(|row| open || row.cluster_id.is_none()).collect();
        let same = |a: &Row, b: &Row| (&a.kind, a.cluster_id) == (&b.kind, b.cluster_id);
        Ok(Dependencies { as_of, items: rows.chunk_by(same).filter_map(|rows| view(rows, as_of)).collect() })
    }
}

/// What the rows about one dependency say together.
fn view(rows: &[Row], now: DateTime<Utc>) -> Option<DependencyView> {
    let first = rows.first()?;
    let dependency = Dependency::read(&first.kind, first.cluster.clone())?;
    let span = |row: &Row| {
        let state = if row.good? { DependencyState::Ok } else { DependencyState::Unavailable };
        Some(Span { state, from: row.since?, to: row.seen_at? })
    };
    let spans: Vec<_> = rows.iter().filter_map(span).collect();
    let mut history = whole(&spans, now, dependency.unnoted());
    let mut last_good_at = first.last_good_at;
    let mut state = history.last().map_or(DependencyState::Unknown, |span| span.state);
    if dependency == Dependency::Database {
        // It has just answered this question.
        (state, last_good_at) = (DependencyState::Ok, Some(now));
        history.push(Span { state, from: now, to: now });
    }
    Some(DependencyView { dependency, cluster_id: first.cluster_id, state, last_good_at, history })
}

/// The last day without gaps: where nobody noted anything, `unnoted` stands. Before the very first note there was
/// nothing to look at.
fn whole(spans: &[Span], now: DateTime<Utc>, unnoted: DependencyState) -> Vec<Span> {
    let (mut all, begin): (Vec<Span>, _) = (Vec::new(), now - HISTORY);
    let mut add = |state, from: DateTime<Utc>, to: DateTime<Utc>| {
        let from = from.max(begin);
        match all.last_mut() {
            _ if to <= from => {}
            Some(last) if last.state == state && last.to >= from => last.to = to.max(last.to),
            _ => all.push(Span { state, from, to }),
        }
    };
    let mut end = begin;
    for (nth, span) in spans.iter().enumerate() {
        if span.from - end > SILENCE {
            add(if nth == 0 { DependencyState::Unknown } else { unnoted }, end, span.from);
        }
        let next = spans.get(nth + 1).map_or(now, |next| next.from);
        // Until the next beat is due, the last one holds.
        let to = if next - span.to <= SILENCE { next } else { span.to };
        add(span.state, span.from.max(end), to);
        end = end.max(to);
    }
    if now > end {
        add(unnoted, end, now);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use DependencyState::{Ok as Good, Unavailable, Unknown};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + HISTORY + TimeDelta::seconds(seconds)
    }

    fn span(state: DependencyState, from: i64, to: i64) -> Span {
        Span { state, from: at(from), to: at(to) }
    }

    #[test]
    fn a_history_has_no_gaps_and_says_where_nobody_looked() {
        let begin = -HISTORY.num_seconds();
        let noted = [span(Good, -1000, -600), span(Unavailable, -595, -300), span(Good, -200, -5)];
        let expected = [
            span(Unknown, begin, -1000),
            span(Good, -1000, -595),
            span(Unavailable, -595, -300),
            span(Unknown, -300, -200),
            span(Good, -200, 0),
        ];
        assert_eq!(whole(&noted, at(0), Unknown), expected);
    }

    #[test]
    fn silence_is_no_sign_of_life() {
        let noted = [span(Good, -1000, -30)];
        assert_eq!(whole(&noted, at(0), Unavailable).last(), Some(&span(Unavailable, -30, 0)));
        assert_eq!(whole(&[], at(0), Unavailable), [span(Unavailable, -HISTORY.num_seconds(), 0)]);
    }

    #[test]
    fn a_new_installation_had_no_outage_and_an_old_one_had() {
        let begin = -HISTORY.num_seconds();
        let new = [span(Good, -400, 0)];
        assert_eq!(whole(&new, at(0), Unavailable), [span(Unknown, begin, -400), span(Good, -400, 0)]);
        let old = [span(Good, begin - 900, begin - 600), span(Good, -400, 0)];
        assert_eq!(whole(&old, at(0), Unavailable), [span(Unavailable, begin, -400), span(Good, -400, 0)]);
    }

    #[test]
    fn what_is_older_than_a_day_is_cut() {
        let begin = -HISTORY.num_seconds();
        let noted = [span(Good, begin - 5000, -10)];
        assert_eq!(whole(&noted, at(0), Unknown), [span(Good, begin, 0)]);
    }
}
