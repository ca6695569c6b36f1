//! What has served its time: idempotency keys and delivered orders.

use diesel::sql_query;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;

impl Store {
    /// Deletes delivered orders of all tenants after a week, and answers how many. What happened stands in the audit
    /// log.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn orders_sweep(&self) -> Result<usize> {
        let mut conn = self.connection().await?;
        Ok(sql_query("delete from outbox where sent_at < now() - interval '7 days'").execute(&mut conn).await?)
    }

    /// Deletes the tenant's idempotency keys after 48 hours.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keys_sweep(&self, ctx: &Ctx) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        tx.write(
            sql_query("delete from idempotency_keys where tenant_id = $1 and created_at < now() - interval '48 hours'")
                .bind::<SqlUuid, _>(ctx.tenant.0),
        );
        tx.sweep().await
    }
}
