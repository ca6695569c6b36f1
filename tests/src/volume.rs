//! A database as it is after a year of use.

use tokio_postgres::Client as Sql;

/// Fills the tenant that has a workspace with `n_tickets` tickets and what stands beside so many: people, decisions, VMs,
/// steps, audit records, notifications and events. Nothing of it runs: no order is left to deliver, the clusters are
/// disabled.
///
/// `sql` must be a connection past row-level security; foreign keys and triggers are not asked.
///
/// # Errors
/// When PostgreSQL refuses a statement.
pub async fn fill(sql: &Sql, n_tickets: u64) -> anyhow::Result<()> {
    sql.batch_execute(&format!("set volume.tickets = {n_tickets}")).await?;
    sql.batch_execute(include_str!("volume/fill.sql")).await?;
    Ok(())
}
