//! Signing in: finding the account, opening a session, recording who failed to.

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel::{insert_into, sql_query};
use serde_json::json;
use shepherd_domain::audit::{Action, Outcome};
use shepherd_domain::ids::{DEFAULT_TENANT, PrincipalId, SessionId, TenantId};
use shepherd_domain::{Code, Refusal};
use std::time::Duration;
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::{Leaf, Resource};
use crate::pipeline::All;
use crate::schema::{local_credentials, principals, sessions, tenants};
use crate::users::{self, Person};

/// Live sessions of one person; a further one ends the oldest.
const MAX_SESSIONS: i64 = 5;

/// What a client is given a session for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser, with a cookie.
    Console,
    /// A program, with access and refresh tokens.
    Api,
}

impl SessionKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "CONSOLE",
            Self::Api => "API",
        }
    }

    /// How long a session lasts at most.
    pub fn life(self) -> Duration {
        match self {
            Self::Console => Duration::from_secs(12 * 3600),
            Self::Api => Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// Local account of an enabled person.
#[derive(Clone, Debug)]
pub struct Account {
    pub principal: PrincipalId,
    pub username: String,
    pub password_hash: String,
    /// Whether the person has signed in before from the address that asks.
    pub is_known_address: bool,
}

/// A session to be opened for whoever knows the password behind `account`.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub account: Account,
    pub id: SessionId,
    pub kind: SessionKind,
    /// SHA-256 of the secret that the client keeps.
    pub secret_hash: [u8; 32],
}

#[derive(QueryableByName)]
struct Evicted {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Store {
    /// Tenant of that name, and the account in it; either may be missing, and the caller must not learn which.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn account_find(&self, ctx: &Ctx, tenant: &str, username: &str) -> Result<(TenantId, Option<Account>)> {
        let slug = tenants::table.filter(tenants::slug.eq(tenant.to_owned())).select(tenants::id);
        let (_, tenants): (_, Vec<Uuid>) = self.read(ctx, slug).await?;
        // An unknown tenant takes as many questions as a known one.
        let tenant = TenantId(tenants.first().copied().unwrap_or_else(Uuid::nil));
        let account = principals::table
            .inner_join(
                local_credentials::table.on(local_credentials::tenant_id
                    .eq(principals::tenant_id)
                    .and(local_credentials::principal_id.eq(principals::id))),
            )
            .filter(principals::tenant_id.eq(tenant.0).and(principals::username.eq(username.to_owned())))
            .filter(principals::enabled.eq(true).and(principals::kind.eq("USER")))
            .select((principals::id, local_credentials::password_hash));
        let person = principals::table
            .filter(principals::tenant_id.eq(tenant.0).and(principals::username.eq(username.to_owned())))
            .select(principals::id);
        let earlier = sessions::table
            .filter(sessions::tenant_id.eq(tenant.0).and(sessions::ip.eq(ctx.ip.clone().unwrap_or_default())))
            .filter(sessions::principal_id.eq_any(person))
            .select(sessions::id)
            .limit(1);
        type Rows = (Vec<(Uuid, String)>, Vec<Uuid>);
        let (_, (found, earlier)): (_, Rows) =
            self.read(&Ctx { tenant, ..ctx.clone() }, All((account, earlier))).await?;
        let account = found.into_iter().next().map(|(id, password_hash)| Account {
            principal: PrincipalId(id),
            username: username.to_owned(),
            password_hash,
            is_known_address: ctx.ip.is_some() && !earlier.is_empty(),
        });
        Ok((tenant, account))
    }

    /// Opens a session. The oldest ends when the person has too many.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS` when the account was disabled or its password changed since it was found.
    pub async fn session_open(&self, ctx: &Ctx, new: NewSession) -> Result<(Person, bool)> {
        let mut tx = self.tx(ctx).await?;
        let id = new.account.principal;
        let person = users::find(ctx, id)
            .filter(principals::enabled.eq(true))
            .select(Person::as_select())
            // Sign-ins of one person queue up here, so that they count each other's sessions.
            .for_no_key_update();
        let flag = local_credentials::table
            .filter(local_credentials::tenant_id.eq(ctx.tenant.0).and(local_credentials::principal_id.eq(id.0)))
            .filter(local_credentials::password_hash.eq(new.account.password_hash))
            .select(local_credentials::must_change_password);
        let evict = sql_query(
            "update sessions set revoked_at = now() where tenant_id = $1 and revoked_at is null and id in \
             (select id from sessions where tenant_id = $1 and principal_id = $2 and revoked_at is null \
              and expires_at > now() order by created_at desc, id desc offset $3) returning id",
        )
        .bind::<SqlUuid, _>(ctx.tenant.0)
        .bind::<SqlUuid, _>(id.0)
        .bind::<BigInt, _>(MAX_SESSIONS - 1);
        let (people, flags, evicted): (Vec<Person>, Vec<bool>, Vec<Evicted>) =
            tx.fetch(All((person, flag, evict))).await?;
        let (Some(person), Some(must_change)) = (people.into_iter().next(), flags.first().copied()) else {
            return Err(Refusal::new(Code::InvalidCredentials).into());
        };
        tx.act_as(Actor::person(id, &person.display_name, Some(new.id)));
        for old in evicted {
            let resource = Resource::new("session", old.id, &person.username);
            tx.leaf(Leaf::new(Action::SessionRevoke, resource, json!({"reason": "limit", "limit": MAX_SESSIONS})))?;
        }
        tx.write(insert_into(sessions::table).values((
            sessions::tenant_id.eq(ctx.tenant.0),
            sessions::id.eq(new.id.0),
            sessions::principal_id.eq(id.0),
            sessions::kind.eq(new.kind.as_str()),
            sessions::secret_hash.eq(new.secret_hash.to_vec()),
            sessions::ip.eq(ctx.ip.clone().unwrap_or_default()),
            sessions::user_agent.eq(ctx.user_agent.clone().unwrap_or_default()),
            sessions::expires_at.eq(chrono::Utc::now() + new.kind.life()),
        )));
        let details = json!({"method": "local", "kind": new.kind.as_str()});
        tx.commit(users::leaf(Action::UserLogin, &person, details)).await?;
        Ok((person, must_change))
    }

    /// Records a sign-in that failed; not why, and nothing of what was typed but the name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_in_failed(&self, ctx: &Ctx, username: &str) -> Result<()> {
        // An unknown tenant has no audit log.
        let tenant = if ctx.tenant.0.is_nil() { DEFAULT_TENANT } else { ctx.tenant };
        let tx = self.tx(&Ctx { tenant, ..ctx.clone() }).await?;
        let name: String = username.chars().take(255).collect();
        let leaf = Leaf::new(Action::UserLoginFailed, Resource::new("user", "", name), json!({"method": "local"}));
        tx.commit(leaf.outcome(Outcome::Refused)).await
    }
}
