//! Sessions after they were opened: refreshing, listing, ending.

use chrono::{DateTime, Utc};
use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Text, Uuid as SqlUuid};
use diesel::{sql_query, update};
use serde_json::json;
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::ids::{PrincipalId, SessionId};
use shepherd_domain::policy::Grant;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::pipeline::All;
use crate::schema::{principals, sessions, tenants};
use crate::tx::Tx;
use crate::users::Person;

/// A session as its person sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: Uuid,
    pub kind: String,
    pub ip: String,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Tenant by id, slug and name.
pub type Tenant = (Uuid, String, String);

/// Who the caller is.
#[derive(Clone, Debug)]
pub struct Profile {
    pub person: Person,
    pub tenant: Tenant,
    pub session: Session,
    pub grants: Vec<Grant>,
    pub must_change_password: bool,
}

/// Session that a refresh token names, with its person.
#[derive(QueryableByName)]
struct Refreshed {
    #[diesel(sql_type = SqlUuid)]
    principal_id: Uuid,
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Bool)]
    must_change_password: bool,
}

/// Live API session `$2` of an enabled person.
const LIVE_SQL: &str = "\
    from principals p left join local_credentials c on c.tenant_id = p.tenant_id and c.principal_id = p.id \
    where s.tenant_id = $1 and s.id = $2 and s.kind = 'API' and s.revoked_at is null and s.expires_at > now() \
      and p.tenant_id = s.tenant_id and p.id = s.principal_id and p.enabled";

const COLUMNS_SQL: &str = "\
    s.principal_id, p.username, p.display_name, coalesce(c.must_change_password, false) as must_change_password";

impl Store {
    /// Exchanges the refresh token behind `presented` for the one behind `fresh`. Returns whether the person must
    /// change their password.
    ///
    /// # Errors
    /// `SESSION_REVOKED` for a session that has ended, and for a token that was exchanged before: somebody else has
    /// a copy, so the session ends.
    pub async fn session_refresh(
        &self,
        ctx: &Ctx,
        id: SessionId,
        presented: [u8; 32],
        fresh: [u8; 32],
    ) -> Result<bool> {
        let mut tx = self.tx(ctx).await?;
        let exchange = sql_query(format!(
            "update sessions s set secret_hash = $4 {LIVE_SQL} and s.secret_hash = $3 returning {COLUMNS_SQL}"
        ))
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<Binary, _>(presented.to_vec())
        .bind::<Binary, _>(fresh.to_vec());
        // Finds the session only when its token is another one.
        let end = sql_query(format!(
            "update sessions s set revoked_at = now() {LIVE_SQL} and s.secret_hash not in ($3, $4) \
             returning {COLUMNS_SQL}"
        ))
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<Binary, _>(presented.to_vec())
        .bind::<Binary, _>(fresh.to_vec());
        let (exchanged, ended): (Vec<Refreshed>, Vec<Refreshed>) = tx.fetch(All((exchange, end))).await?;
        if let Some(row) = exchanged.first() {
            tx.act_as(Actor::person(PrincipalId(row.principal_id), &row.display_name, Some(id)));
            let resource = Resource::new("session", id, &row.username);
            tx.commit(Leaf::new(Action::SessionRefresh, resource, json!({}))).await?;
            return Ok(row.must_change_password);
        }
        if let Some(row) = ended.first() {
            let resource = Resource::new("session", id, &row.username);
            tx.leaf(Leaf::new(Action::SessionRevoke, resource.clone(), json!({"reason": "refresh_reuse"})))?;
            tx.commit(Leaf::new(Action::SessionRefresh, resource, json!({})).outcome(Outcome::Refused)).await?;
        }
        Err(Refusal::new(Code::SessionRevoked).into())
    }

    /// Who the caller is and what they may do.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn profile_view(&self, ctx: &Ctx) -> Result<Profile> {
        let person = principals::table
            .filter(principals::tenant_id.eq(ctx.tenant.0))
            .filter(
                principals::id.eq_any(
                    sessions::table
                        .filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::id.eq(ctx.session())))
                        .select(sessions::principal_id),
                ),
            )
            .select(Person::as_select());
        let tenant =
            tenants::table.filter(tenants::id.eq(ctx.tenant.0)).select((tenants::id, tenants::slug, tenants::name));
        let session = find(ctx, SessionId(ctx.session())).select(Session::as_select());
        type Rows = (Vec<Person>, Vec<Tenant>, Vec<Session>);
        let (actor, (person, tenant, session)): (_, Rows) = self.read(ctx, All((person, tenant, session))).await?;
        let gone = || Error::from(Refusal::new(Code::SessionRevoked));
        Ok(Profile {
            person: person.into_iter().next().ok_or_else(gone)?,
            tenant: tenant.into_iter().next().ok_or_else(gone)?,
            session: session.into_iter().next().ok_or_else(gone)?,
            grants: actor.grants,
            must_change_password: actor.must_change_password,
        })
    }

    /// Whether the caller's session is alive, for answers that need nothing else.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn session_check(&self, ctx: &Ctx) -> Result<()> {
        let _: (_, Vec<Uuid>) = self.read(ctx, find(ctx, SessionId(ctx.session())).select(sessions::id)).await?;
        Ok(())
    }

    /// The caller's own live sessions, newest first.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn sessions_list(&self, ctx: &Ctx) -> Result<Vec<Session>> {
        let own = diesel::alias!(sessions as own);
        let query = sessions::table
            .filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::revoked_at.is_null()))
            .filter(sessions::expires_at.gt(diesel::dsl::now))
            .filter(
                sessions::principal_id.eq_any(
                    own.filter(own.field(sessions::tenant_id).eq(ctx.tenant.0))
                        .filter(own.field(sessions::id).eq(ctx.session()))
                        .select(own.field(sessions::principal_id)),
                ),
            )
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .select(Session::as_select());
        let (_, rows): (_, Vec<Session>) = self.read(ctx, query).await?;
        Ok(rows)
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// `NOT_FOUND` for a session that is somebody else's or has ended.
    pub async fn session_revoke(&self, ctx: &Ctx, id: SessionId) -> Result<()> {
        self.session_end(ctx, id, Action::SessionRevoke).await
    }

    /// Ends the session of the call itself.
    ///
    /// # Errors
    /// Those of the session.
    pub async fn session_close(&self, ctx: &Ctx) -> Result<()> {
        self.session_end(ctx, SessionId(ctx.session()), Action::UserLogout).await
    }

    async fn session_end(&self, ctx: &Ctx, id: SessionId, action: Action) -> Result<()> {
        let mut tx = self.identified(ctx).await?;
        let (principal, name) = (tx.actor()?.principal.0, tx.actor()?.name.clone());
        let ended = update(find(ctx, id))
            .filter(sessions::principal_id.eq(principal).and(sessions::revoked_at.is_null()))
            .filter(sessions::expires_at.gt(diesel::dsl::now))
            .set(sessions::revoked_at.eq(diesel::dsl::now))
            .returning(sessions::id);
        tx.one::<Uuid, _, _>(ended).await?.ok_or_else(|| Error::from(Refusal::not_found("session")))?;
        tx.commit(Leaf::new(action, Resource::new("session", id, name), json!({"reason": "own"}))).await
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: SessionId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    sessions::table.filter(sessions::tenant_id.eq(tenant).and(sessions::id.eq(id)))
}

/// Ends all sessions of a person but `kept`, when the transaction commits.
pub(crate) fn revoke_all(tx: &mut Tx, id: PrincipalId, kept: Option<Uuid>) {
    let live = sessions::table
        .filter(sessions::tenant_id.eq(tx.ctx().tenant.0).and(sessions::principal_id.eq(id.0)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.ne(kept.unwrap_or_else(Uuid::nil)));
    tx.write(update(live).set(sessions::revoked_at.eq(diesel::dsl::now)));
}
