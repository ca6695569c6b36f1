//! The relay's side of the outbox: take, deliver outside any transaction, mark.
//!
//! An order is leased, not locked: if the process dies between taking and marking, the lease ends and the order
//! is taken again. Delivery is idempotent by workflow id and update id, so twice is once.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Double, Int4, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

use crate::connection::Store;
use crate::error::Result;
use crate::orders::OrderKind;
use crate::wake::Wakes;

/// An order to deliver.
#[derive(Clone, Debug)]
pub struct Order {
    pub tenant: Uuid,
    pub seq: i64,
    pub id: Uuid,
    /// Workflow that it is for.
    pub subject: String,
    pub kind: OrderKind,
    pub payload: Value,
    /// Tries so far, this one included.
    pub attempts: i32,
}

#[derive(QueryableByName)]
struct OrderRow {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: Uuid,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = Int4)]
    attempts: i32,
}

impl Store {
    /// Leases up to `limit` due orders for `lease`, those that wait longest first, so that a heap of orders that fail
    /// does not hold up new ones. Of one subject only the earliest is ever out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn orders_take(&self, limit: i64, lease: Duration) -> Result<Vec<Order>> {
        let take = sql_query(
            "update outbox o set attempts = attempts + 1, next_try_at = now() + make_interval(secs => $2) \
             from (select tenant_id, seq from outbox d where sent_at is null and next_try_at <= now() \
                     and not exists (select from outbox e where e.subject = d.subject and e.seq < d.seq and e.sent_at is null) \
                   order by next_try_at, seq limit $1 for update skip locked) due \
             where o.tenant_id = due.tenant_id and o.seq = due.seq \
             returning o.tenant_id, o.seq, o.id, o.subject, o.kind, o.payload, o.attempts",
        )
        .bind::<BigInt, _>(limit)
        .bind::<Double, _>(lease.as_secs_f64());
        let rows: Vec<OrderRow> = self.alone(|conn| take.load(conn).boxed()).await?;
        let order = |row: OrderRow| {
            // A kind that this release does not know waits for the one that does.
            let kind = OrderKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind)?;
            Some(Order {
                tenant: row.tenant_id,
                seq: row.seq,
                id: row.id,
                subject: row.subject,
                kind,
                payload: row.payload,
                attempts: row.attempts,
            })
        };
        let mut orders: Vec<Order> = rows.into_iter().filter_map(order).collect();
        orders.sort_by_key(|order| order.seq);
        Ok(orders)
    }

    /// Marks an order as delivered.
    ///
    /// # Errors
    /// Those of the database; the order is then delivered again.
    pub async fn order_sent(&self, order: &Order) -> Result<()> {
        let sent = sql_query("update outbox set sent_at = now(), last_error = null where tenant_id = $1 and seq = $2")
            .bind::<SqlUuid, _>(order.tenant)
            .bind::<BigInt, _>(order.seq);
        self.alone(|conn| sent.execute(conn).boxed()).await?;
        Ok(())
    }

    /// Gives an order back, to be tried again after `pause`.
    ///
    /// # Errors
    /// Those of the database; the lease then ends by itself.
    pub async fn order_failed(&self, order: &Order, error: &str, pause: Duration) -> Result<()> {
        let failed = sql_query(
            "update outbox set next_try_at = now() + make_interval(secs => $3), last_error = left($4, 1024) \
             where tenant_id = $1 and seq = $2 and sent_at is null",
        )
        .bind::<SqlUuid, _>(order.tenant)
        .bind::<BigInt, _>(order.seq)
        .bind::<Double, _>(pause.as_secs_f64())
        .bind::<Text, _>(error.to_owned());
        self.alone(|conn| failed.execute(conn).boxed()).await?;
        Ok(())
    }

    /// Listens for wake-ups on a connection of its own.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn wakes(&self) -> Result<Wakes> {
        Wakes::listen(self.url()).await
    }
}
