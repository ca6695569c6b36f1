//! What submits wrote to the write-ahead log, read from the log itself: records carry the transaction they belong to, so
//! whatever else the server does meanwhile counts for nothing.

use tokio_postgres::Client as Sql;

/// A place in the log from which transactions are counted.
pub struct Wal {
    from: String,
}

/// What a table or index was written by all counted transactions; the commits themselves have no name.
#[derive(Clone, Debug)]
pub struct Written {
    pub relation: String,
    pub n_records: i64,
    pub bytes: i64,
    /// Bytes of those that are whole pages, written when a page is touched for the first time after a checkpoint.
    pub full_page_bytes: i64,
}

impl Wal {
    /// Counts from now on; `sql` must be a superuser's connection.
    ///
    /// # Errors
    /// When PostgreSQL has no `pg_walinspect`.
    pub async fn start(sql: &Sql) -> anyhow::Result<Self> {
        sql.batch_execute("create extension if not exists pg_walinspect").await?;
        flush(sql).await?;
        let from = sql.query_one("select pg_current_wal_flush_lsn()::text", &[]).await?.get(0);
        Ok(Self { from })
    }

    /// How many submits there were, and what they wrote, the most first. A submit is known by its event.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn of_submits(&self, sql: &Sql) -> anyhow::Result<(i64, Vec<Written>)> {
        flush(sql).await?;
        let rows = sql
            .query(
                "with submits as (select xid::xid as xid from events where kind = 'ticket' and state = 'PENDING'), \
                 records as (select w.xid, w.record_length, w.fpi_length, \
                     substring(w.block_ref from 'rel [0-9]+/[0-9]+/([0-9]+)')::oid as file \
                   from pg_get_wal_records_info($1::text::pg_lsn, pg_current_wal_flush_lsn()) w \
                   join submits s on s.xid = w.xid) \
                 select coalesce(c.relname::text, ''), count(*), sum(record_length)::bigint, sum(fpi_length)::bigint, \
                   (select count(distinct xid::text) from records) \
                 from records r left join pg_class c on c.relfilenode = r.file group by 1 order by 3 desc",
                &[&self.from],
            )
            .await?;
        let n_submits = rows.first().map_or(0, |row| row.get(4));
        let written = |row: &tokio_postgres::Row| Written {
            relation: row.get(0),
            n_records: row.get(1),
            bytes: row.get(2),
            full_page_bytes: row.get(3),
        };
        Ok((n_submits, rows.iter().map(written).collect()))
    }
}

/// The log can be read as far as it is on disk.
async fn flush(sql: &Sql) -> anyhow::Result<()> {
    let message = "begin; set local synchronous_commit = on; \
                   select pg_logical_emit_message(true, 'shepherd', ''); commit";
    Ok(sql.batch_execute(message).await?)
}
