//! Statements whose prepared form is kept on the connection.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// Lets diesel keep the prepared statement, by SQL text and bind types.
///
/// Diesel never keeps an UPDATE, a derived `Insertable`, `values(vec)` or `sql_query`, so each would cost one
/// more round trip at every call. Only for statements whose text does not depend on data.
pub(crate) struct Cached<Q>(pub(crate) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

/// BEGIN, COMMIT and the like, taken through the statement cache as everything else: a `batch_execute` would
/// overtake a statement that is still being prepared.
#[derive(Clone, Copy)]
pub(crate) struct Command(&'static str);

pub(crate) const BEGIN: Command = Command("BEGIN");
pub(crate) const BEGIN_READ_ONLY: Command = Command("BEGIN READ ONLY");
pub(crate) const COMMIT: Command = Command("COMMIT");
pub(crate) const ROLLBACK: Command = Command("ROLLBACK");

impl QueryFragment<Pg> for Command {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl QueryId for Command {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
