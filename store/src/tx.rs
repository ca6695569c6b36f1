//! One business transaction, under one tenant and one caller.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{Binary, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel::{define_sql_function, insert_into, sql_query};
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;
use serde_json::json;
use shepherd_domain::audit::Outcome;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::{Code, Refusal};
use shepherd_faults::crash_point;
use uuid::Uuid;

use crate::actor::{ACTOR_SQL, Actor, ActorRow};
use crate::cached::{BEGIN, BEGIN_READ_ONLY, COMMIT, Cached, Command, ROLLBACK};
use crate::connection::{give_up_late, in_time};
use crate::counts::count;
use crate::ctx::{Caller, Ctx};
use crate::error::{Error, Result};
use crate::idempotency::{self, Earlier};
use crate::leaf::Leaf;
use crate::pipeline::{Batch, Statement, both, flush};
use crate::schema::{audit_leaves, idempotency_keys};
use crate::wake::{Channel, Wake};

define_sql_function! { fn set_config(name: Text, value: Text, is_local: Bool) -> Text; }

/// A transaction that has not been committed. Dropping it rolls back.
///
/// [`write`](Self::write) queues a statement, [`fetch`](Self::fetch) sends the queue and waits,
/// [`commit`](Self::commit) sends the rest. Round trips = fetches + 1. The first fetch also looks the caller's
/// session up.
pub struct Tx {
    conn: Object<AsyncPgConnection>,
    ctx: Ctx,
    actor: Option<Actor>,
    queue: Vec<Statement>,
    wake: Wake,
    orders: bool,
    events: bool,
    /// Whether an idempotency key is looked up, and kept at the end.
    keyed: bool,
    /// What the request made, for its idempotency key.
    made: Option<Uuid>,
    /// Something was sent, and the end is not confirmed.
    open: bool,
}

impl Tx {
    pub(crate) fn open(conn: Object<AsyncPgConnection>, ctx: &Ctx, wake: Wake) -> Self {
        let keyed = ctx.idempotency.is_some();
        let mut tx = Self::begin(conn, ctx, wake, BEGIN);
        tx.keyed = keyed;
        tx
    }

    fn begin(conn: Object<AsyncPgConnection>, ctx: &Ctx, wake: Wake, begin: Command) -> Self {
        let actor = match ctx.caller {
            Caller::Session { .. } => None,
            Caller::System(_) => Some(Actor::system()),
            Caller::Anonymous => Some(Actor::anonymous()),
        };
        let queue = Vec::with_capacity(12);
        let (ctx, made) = (ctx.clone(), None);
        let mut tx =
            Self { conn, ctx, actor, queue, wake, orders: false, events: false, keyed: false, made, open: false };
        tx.begin_with(begin);
        tx
    }

    fn begin_with(&mut self, begin: Command) {
        self.command(begin);
        self.tenant(self.ctx.tenant.0);
    }

    fn command(&mut self, command: Command) {
        self.queue.push(Box::new(move |conn| command.execute(&mut &*conn).boxed()));
    }

    fn tenant(&mut self, id: Uuid) {
        self.write(diesel::select(set_config("app.tenant_id", id.to_string(), true)));
    }

    /// Queues a statement whose answer is not needed. It travels with the next fetch or the commit.
    pub(crate) fn write<Q>(&mut self, query: Q)
    where
        Q: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.queue.push(Box::new(move |conn| Cached(query).execute(&mut &*conn).boxed()));
    }

    /// Sends what is queued and `batch` after it, and waits for the rows: one round trip.
    ///
    /// # Errors
    /// On the first fetch of a session: `SESSION_REVOKED` and `PASSWORD_CHANGE_REQUIRED`.
    pub(crate) async fn fetch<T: Send + 'static, ST, B: Batch<T, ST>>(&mut self, batch: B) -> Result<T> {
        count(false);
        if self.actor.is_some() {
            self.open = true;
            let answers = in_time(flush(&self.conn, &mut self.queue, batch.send(&self.conn))).await;
            return give_up_late(&mut self.conn, answers);
        }
        let (id, proof) = match &self.ctx.caller {
            Caller::Session { id, proof } => (id.0, proof.clone()),
            _ => return Err(Refusal::new(Code::Unauthenticated).into()),
        };
        let session = sql_query(ACTOR_SQL)
            .bind::<SqlUuid, _>(id)
            .bind::<Nullable<Binary>, _>(proof)
            .bind::<SqlUuid, _>(self.ctx.tenant.0);
        let actor = Batch::<Vec<ActorRow>, _>::send(session, &self.conn);
        let known = idempotency::look_up(self.keyed, &self.ctx, &self.conn);
        let answers = both(actor, both(known, batch.send(&self.conn)));
        self.open = true;
        let answers = in_time(flush(&self.conn, &mut self.queue, answers)).await;
        let (actor, (known, rows)) = give_up_late(&mut self.conn, answers)?;
        let actor = Actor::from(actor.into_iter().next().ok_or_else(|| Refusal::new(Code::SessionRevoked))?);
        if actor.must_change_password && !self.ctx.before_password_change {
            return Err(Refusal::new(Code::PasswordChangeRequired).into());
        }
        self.actor = Some(actor);
        Earlier::refuse(known, &self.ctx)?;
        Ok(rows)
    }

    /// First row of a query.
    pub(crate) async fn one<U: Send + 'static, ST, B: Batch<Vec<U>, ST>>(&mut self, query: B) -> Result<Option<U>> {
        Ok(self.fetch(query).await?.into_iter().next())
    }

    /// Who acts; known after the first fetch.
    pub(crate) fn actor(&self) -> Result<&Actor> {
        self.actor.as_ref().ok_or_else(|| Refusal::new(Code::Unauthenticated).into())
    }

    /// Makes an anonymous caller the person they have proved to be: what follows is recorded in their name.
    pub(crate) fn act_as(&mut self, person: Actor) {
        self.actor = Some(person);
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Marks that an order for the worker was queued: the relay is woken after the commit.
    pub(crate) fn wake_relay(&mut self) {
        self.orders = true;
    }

    /// Marks that an event was queued: the streams are woken after the commit.
    pub(crate) fn wake_streams(&mut self) {
        self.events = true;
    }

    /// Asks for `permission` in `scope`; `attempt` is the leaf of what the caller is about to do.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, after the attempt was recorded.
    pub(crate) async fn allow(&mut self, permission: Permission, scope: Scope, attempt: Leaf) -> Result<()> {
        if self.actor()?.allows(permission, scope) {
            return Ok(());
        }
        let refusal = Refusal::new(Code::PermissionDenied).with(json!({"permission": permission.as_str()}));
        Err(self.refuse(refusal, attempt).await)
    }

    /// Rolls back and records the attempt in a transaction of its own. Returns the refusal, or the error that
    /// kept it from being recorded.
    pub(crate) async fn refuse(&mut self, refusal: Refusal, attempt: Leaf) -> Error {
        self.queue.clear();
        if self.open {
            self.command(ROLLBACK);
        }
        self.begin_with(BEGIN);
        let mut leaf = attempt.outcome(Outcome::Refused);
        leaf.add("refusal", json!({"code": refusal.code.as_str(), "params": refusal.params}));
        match self.end(leaf).await {
            Ok(()) => refusal.into(),
            Err(error) => error,
        }
    }

    /// Sends what is queued, the audit leaf and COMMIT: one round trip. The only way to commit.
    pub(crate) async fn commit(mut self, leaf: Leaf) -> Result<()> {
        self.keep_key()?;
        self.end(leaf).await?;
        if self.orders {
            self.wake.wake(Channel::Outbox);
        }
        if self.events {
            self.wake.wake(Channel::Events);
        }
        Ok(())
    }

    /// Names what the request made; a repetition with the same idempotency key is answered with it.
    pub(crate) fn made(&mut self, id: Uuid) {
        self.made = Some(id);
    }

    fn keep_key(&mut self) -> Result<()> {
        let Some(key) = self.ctx.idempotency.clone().filter(|_| self.keyed) else { return Ok(()) };
        let made = self.made.ok_or_else(|| Error::Stored("idempotency key for nothing".to_owned()))?;
        self.write(insert_into(idempotency_keys::table).values((
            idempotency_keys::tenant_id.eq(self.ctx.tenant.0),
            idempotency_keys::principal_id.eq(self.actor()?.principal.0),
            idempotency_keys::route.eq(key.route),
            idempotency_keys::key.eq(key.key),
            idempotency_keys::request_hash.eq(key.request_hash.to_vec()),
            idempotency_keys::resource_id.eq(made),
        )));
        Ok(())
    }

    /// Queues a further leaf; [`commit`](Self::commit) takes the last.
    pub(crate) fn leaf(&mut self, leaf: Leaf) -> Result<()> {
        let (own, tenant) = (self.ctx.tenant.0, leaf.tenant(&self.ctx).0);
        let row = leaf.row(&self.ctx, self.actor()?);
        if tenant != own {
            self.tenant(tenant);
        }
        self.write(insert_into(audit_leaves::table).values(row));
        if tenant != own {
            self.tenant(own);
        }
        Ok(())
    }

    async fn end(&mut self, leaf: Leaf) -> Result<()> {
        count(true);
        let act = leaf.action().as_str();
        self.leaf(leaf)?;
        self.open = true;
        crash_point!("commit {act}: before");
        let done = COMMIT.execute(&mut &*self.conn).boxed();
        let done = in_time(flush(&self.conn, &mut self.queue, done)).await;
        // COMMIT was answered, unless the connection is given up. If something before it had failed it rolled back, and
        // nothing is open either way.
        self.open = false;
        give_up_late(&mut self.conn, done)?;
        crash_point!("commit {act}: after");
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if self.open {
            // One poll puts ROLLBACK behind everything sent so far. Nobody waits for the answer: the server
            // serves the connection's next user after it.
            let _ = (&mut &*self.conn).batch_execute("ROLLBACK").now_or_never();
        }
    }
}

/// A read-only transaction of one flush: BEGIN, tenant, session, `batch`, COMMIT.
pub(crate) async fn read<T: Send + 'static, ST, B: Batch<T, ST>>(
    conn: Object<AsyncPgConnection>,
    ctx: &Ctx,
    wake: Wake,
    batch: B,
) -> Result<(Actor, T)> {
    let mut tx = Tx::begin(conn, ctx, wake, BEGIN_READ_ONLY);
    let answer = tx.fetch(Ending(batch)).await;
    // The batch ends the transaction, whatever came of it.
    tx.open = false;
    let rows = answer?;
    let actor = tx.actor.take().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    Ok((actor, rows))
}

/// A batch with COMMIT right behind it.
struct Ending<B>(B);

impl<T: Send + 'static, ST, B: Batch<T, ST>> Batch<T, (ST,)> for Ending<B> {
    fn send(self, conn: &AsyncPgConnection) -> crate::pipeline::Answer<'_, T> {
        let rows = self.0.send(conn);
        let end = COMMIT.execute(&mut &*conn).boxed();
        both(rows, end).map(|answer| answer.map(|(rows, _)| rows)).boxed()
    }
}
