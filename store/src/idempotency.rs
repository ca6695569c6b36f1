//! Keys of clients that do not know whether they were heard: the same key and request, the same answer.
//!
//! The key is looked up with the first statements of a transaction, behind a lock that lets only one transaction
//! of that key run at a time, and is kept by its commit. A request that was refused keeps nothing.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Binary, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::cached::Cached;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::pipeline::{Answer, Batch, both};

/// A client's key for one request. It counts per tenant, person and route.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub route: String,
    pub key: String,
    /// Keyed hash of what was asked for.
    pub request_hash: [u8; 32],
}

/// What is known about a key.
#[derive(QueryableByName)]
pub(crate) struct Earlier {
    #[diesel(sql_type = SqlUuid)]
    resource_id: Uuid,
    #[diesel(sql_type = Binary)]
    request_hash: Vec<u8>,
}

impl Earlier {
    /// Ends a transaction whose key was used before.
    ///
    /// # Errors
    /// `Replayed` for the same request, `IDEMPOTENCY_KEY_REUSED` for another.
    pub(crate) fn refuse(found: Vec<Self>, ctx: &Ctx) -> Result<()> {
        let (Some(earlier), Some(key)) = (found.into_iter().next(), &ctx.idempotency) else { return Ok(()) };
        if earlier.request_hash == key.request_hash {
            return Err(Error::Replayed(earlier.resource_id));
        }
        Err(Refusal::new(Code::IdempotencyKeyReused).into())
    }
}

/// Waits for others with the same key and looks it up. Sends nothing without a key.
pub(crate) fn look_up<'c>(keyed: bool, ctx: &Ctx, conn: &'c AsyncPgConnection) -> Answer<'c, Vec<Earlier>> {
    let Some(key) = ctx.idempotency.as_ref().filter(|_| keyed) else { return async { Ok(Vec::new()) }.boxed() };
    let lock = sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("{}/{}/{}", ctx.tenant, key.route, key.key));
    let lock = async move { Cached(lock).execute(&mut &*conn).await }.boxed();
    let known = sql_query(
        "select k.resource_id, k.request_hash from sessions s \
         join idempotency_keys k on k.tenant_id = s.tenant_id and k.principal_id = s.principal_id \
         where s.tenant_id = $1 and s.id = $2 and k.route = $3 and k.key = $4",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(ctx.session())
    .bind::<Text, _>(key.route.clone())
    .bind::<Text, _>(key.key.clone());
    both(lock, Batch::<Vec<Earlier>, _>::send(known, conn)).map(|answer| answer.map(|(_, known)| known)).boxed()
}
