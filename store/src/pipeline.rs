//! Many statements, one round trip.
//!
//! A statement is sent by the first poll of its future. Polling all of them in order before waiting for any
//! puts them into one flush; PostgreSQL answers them in the same order.

use diesel::QueryResult;
use diesel::deserialize::FromSqlRow;
use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment};
use diesel::query_dsl::CompatibleType;
use diesel::result::Error::DeserializationError;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures_util::future::{BoxFuture, join, maybe_done};
use futures_util::{FutureExt, TryFutureExt, TryStreamExt};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::cached::Cached;

pub(crate) type Answer<'c, O> = BoxFuture<'c, QueryResult<O>>;
pub(crate) type Statement = Box<dyn for<'c> FnOnce(&'c AsyncPgConnection) -> Answer<'c, usize> + Send>;

/// One query, or several that run in order in one flush. `T` is what they answer, `ST` diesel's types.
pub(crate) trait Batch<T, ST> {
    fn send(self, conn: &AsyncPgConnection) -> Answer<'_, T>;
}

impl<U, ST, Q> Batch<Vec<U>, ST> for Q
where
    Q: AsQuery,
    Q::Query: QueryFragment<Pg>,
    Q::SqlType: CompatibleType<U, Pg, SqlType = ST>,
    U: FromSqlRow<ST, Pg> + Send + 'static,
    ST: 'static,
{
    fn send(self, mut conn: &AsyncPgConnection) -> Answer<'_, Vec<U>> {
        let stream = AsyncConnectionCore::load(&mut conn, Cached(self.as_query()));
        let rows = stream
            .map_ok(|rows| rows.and_then(|row| async move { U::build_from_row(&row).map_err(DeserializationError) }));
        rows.and_then(|rows| rows.try_collect()).boxed()
    }
}

/// Several queries of one flush.
pub(crate) struct All<T>(pub(crate) T);

macro_rules! all {
    ($($query:ident $rows:ident $types:ident $future:ident),+) => {
        impl<$($query, $rows, $types),+> Batch<($($rows,)+), ($($types,)+)> for All<($($query,)+)>
        where
            $($query: Batch<$rows, $types> + 'static, $rows: Send + 'static, $types: 'static,)+
        {
            #[expect(non_snake_case, reason = "type parameters name the parts of the tuple")]
            fn send(self, conn: &AsyncPgConnection) -> Answer<'_, ($($rows,)+)> {
                let ($($query,)+) = self.0;
                $(let $future = $query.send(conn);)+
                // Joined, not try-joined: no answer may be left unread.
                async move {
                    let ($($future,)+) = futures_util::join!($($future),+);
                    Ok(($($future?,)+))
                }
                .boxed()
            }
        }
    };
}

all!(A RA SA a);
all!(A RA SA a, B RB SB b);
all!(A RA SA a, B RB SB b, C RC SC c);
all!(A RA SA a, B RB SB b, C RC SC c, D RD SD d);
all!(A RA SA a, B RB SB b, C RC SC c, D RD SD d, E RE SE e);
all!(A RA SA a, B RB SB b, C RC SC c, D RD SD d, E RE SE e, F RF SF f);
all!(A RA SA a, B RB SB b, C RC SC c, D RD SD d, E RE SE e, F RF SF f, G RG SG g);
all!(A RA SA a, B RB SB b, C RC SC c, D RD SD d, E RE SE e, F RF SF f, G RG SG g, H RH SH h);

/// Both answers; neither is left unread when the other fails.
pub(crate) fn both<'c, A: Send + 'c, B: Send + 'c>(a: Answer<'c, A>, b: Answer<'c, B>) -> Answer<'c, (A, B)> {
    join(a, b).map(|(a, b)| Ok((a?, b?))).boxed()
}

/// Sends the queue in order and `last` after it, in one flush, and waits for every answer. The first error
/// wins: COMMIT of a failed transaction answers "ROLLBACK" and no error, so that it failed is known only from
/// the failed statement's own answer.
pub(crate) async fn flush<'c, O>(
    conn: &'c AsyncPgConnection,
    queue: &mut Vec<Statement>,
    last: Answer<'c, O>,
) -> QueryResult<O> {
    let mut queued: Vec<_> = queue.drain(..).map(|start| maybe_done(start(conn))).collect();
    let mut last = maybe_done(last);
    poll_fn(|cx| {
        let mut pending = false;
        for statement in &mut queued {
            pending |= statement.poll_unpin(cx).is_pending();
        }
        pending |= last.poll_unpin(cx).is_pending();
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    for mut statement in queued {
        Pin::new(&mut statement).take_output().unwrap_or(Err(diesel::result::Error::BrokenTransactionManager))?;
    }
    Pin::new(&mut last).take_output().unwrap_or(Err(diesel::result::Error::BrokenTransactionManager))
}
