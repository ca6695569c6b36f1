//! What has served its time: idempotency keys, delivered orders and ended sessions.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use futures_util::FutureExt as _;
use serde_json::json;
use shepherd_domain::audit::Action;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};

#[derive(QueryableByName)]
struct Swept {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Store {
    /// Deletes delivered orders of all tenants after a week, and answers how many. What happened stands in the audit
    /// log.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn orders_sweep(&self) -> Result<usize> {
        let old = sql_query("delete from outbox where sent_at < now() - interval '7 days'");
        self.alone(|conn| diesel_async::RunQueryDsl::execute(old, conn).boxed()).await
    }

    /// Deletes the tenant's idempotency keys after 48 hours.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keys_sweep(&self, ctx: &Ctx) -> Result<()> {
        let old = "with old as (delete from idempotency_keys where tenant_id = $1 \
               and created_at < now() - interval '48 hours' returning 1) select count(*) as number from old";
        self.sweep(ctx, old, Action::IdempotencyKeySweep, "idempotency_key").await
    }

    /// Deletes the tenant's sessions 30 days after they ended. Who signed in when stands in the audit log.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sessions_sweep(&self, ctx: &Ctx) -> Result<()> {
        let old = "with old as (delete from sessions where tenant_id = $1 \
               and least(expires_at, revoked_at) < now() - interval '30 days' returning 1) \
             select count(*) as number from old";
        self.sweep(ctx, old, Action::SessionSweep, "session").await
    }

    /// Runs a deletion that answers its `number`, and records it unless it found nothing.
    async fn sweep(&self, ctx: &Ctx, old: &'static str, action: Action, kind: &'static str) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let swept: Option<Swept> = tx.one(sql_query(old).bind::<SqlUuid, _>(ctx.tenant.0)).await?;
        match swept.map_or(0, |swept| swept.number) {
            0 => Ok(()),
            number => {
                let leaf = Leaf::new(action, Resource::new(kind, ctx.tenant, ""), json!({"number": number}));
                tx.commit(leaf).await
            }
        }
    }
}
