//! Passwords of local accounts. Hashes come from the server, which also compares: hashing is no database work.

use diesel::prelude::*;
use diesel::update;
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::pipeline::All;
use crate::schema::{local_credentials, principals, sessions};
use crate::sessions::revoke_all;
use crate::sign_in::Account;
use crate::users::{self, Person};

impl Store {
    /// The caller's own account.
    ///
    /// # Errors
    /// `STATE_CONFLICT` with the rule `no_local_account` for people who sign in elsewhere.
    pub async fn account_own(&self, ctx: &Ctx) -> Result<Account> {
        let query = local_credentials::table
            .inner_join(
                principals::table.on(principals::tenant_id
                    .eq(local_credentials::tenant_id)
                    .and(principals::id.eq(local_credentials::principal_id))),
            )
            .filter(local_credentials::tenant_id.eq(ctx.tenant.0))
            .filter(
                local_credentials::principal_id.eq_any(
                    sessions::table
                        .filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::id.eq(ctx.session())))
                        .select(sessions::principal_id),
                ),
            )
            .select((principals::username, local_credentials::password_hash));
        let session = sessions::table
            .filter(sessions::tenant_id.eq(ctx.tenant.0).and(sessions::id.eq(ctx.session())))
            .select(sessions::ip);
        type Rows = (Vec<(String, String)>, Vec<String>);
        let (actor, (rows, ips)): (_, Rows) = self.read(ctx, All((query, session))).await?;
        let is_known_address = ctx.ip.is_some() && ips.first() == ctx.ip.as_ref();
        let (username, password_hash) = rows.into_iter().next().ok_or_else(no_local_account)?;
        Ok(Account { principal: actor.principal, username, password_hash, is_known_address })
    }

    /// Records that the caller's own password was given wrongly, and returns the refusal.
    pub async fn password_refuse(&self, ctx: &Ctx, id: PrincipalId, username: &str) -> Error {
        let leaf = Leaf::new(Action::UserPasswordChange, Resource::new("user", id, username), json!({"reason": "own"}));
        self.refuse(ctx, Refusal::new(Code::InvalidCredentials), leaf).await
    }

    /// Replaces the caller's own password and ends their other sessions.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS` when the password changed since `account` was read.
    pub async fn password_change(&self, ctx: &Ctx, account: Account, password_hash: String) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let id = account.principal;
        let change = update(find(ctx, id))
            .filter(local_credentials::password_hash.eq(account.password_hash))
            .set((
                local_credentials::password_hash.eq(password_hash),
                local_credentials::must_change_password.eq(false),
                local_credentials::changed_at.eq(diesel::dsl::now),
            ))
            .returning(local_credentials::principal_id);
        if tx.one::<Uuid, _, _>(change).await?.is_none() || tx.actor()?.principal != id {
            return Err(Refusal::new(Code::InvalidCredentials).into());
        }
        revoke_all(&mut tx, id, Some(ctx.session()));
        let reason = if tx.actor()?.must_change_password { "forced" } else { "own" };
        let resource = Resource::new("user", id, account.username);
        tx.commit(Leaf::new(Action::UserPasswordChange, resource, json!({"reason": reason}))).await
    }

    /// The person whose password the caller may reset, before one is hashed.
    ///
    /// # Errors
    /// As [`password_reset`](Self::password_reset).
    pub async fn password_reset_allowed(&self, ctx: &Ctx, id: PrincipalId) -> Result<Person> {
        let mut tx = self.tx(ctx).await?;
        let (person, standing) = users::locked(&mut tx, id).await?;
        standing.allow(&mut tx, &reset(&person)).await?;
        users::not_oneself(&tx, id)?;
        Ok(person)
    }

    /// Gives somebody else a password that they must change, and ends their sessions.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`; `STATE_CONFLICT` with the rule `self` or `no_local_account`.
    pub async fn password_reset(&self, ctx: &Ctx, id: PrincipalId, password_hash: String) -> Result<()> {
        let mut tx = self.tx(ctx).await?;
        let (person, standing) = users::locked(&mut tx, id).await?;
        standing.allow(&mut tx, &reset(&person)).await?;
        users::not_oneself(&tx, id)?;
        let change = update(find(ctx, id))
            .set((
                local_credentials::password_hash.eq(password_hash),
                local_credentials::must_change_password.eq(true),
                local_credentials::reset_by.eq(tx.actor()?.principal.0),
                local_credentials::changed_at.eq(diesel::dsl::now),
            ))
            .returning(local_credentials::principal_id);
        tx.one::<Uuid, _, _>(change).await?.ok_or_else(no_local_account)?;
        revoke_all(&mut tx, id, None);
        tx.commit(reset(&person)).await
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn find(ctx: &Ctx, id: PrincipalId) -> _ {
    let tenant: Uuid = ctx.tenant.0;
    let id: Uuid = id.0;
    local_credentials::table.filter(local_credentials::tenant_id.eq(tenant).and(local_credentials::principal_id.eq(id)))
}

fn reset(person: &Person) -> Leaf {
    users::leaf(Action::UserPasswordChange, person, json!({"reason": "reset"}))
}

fn no_local_account() -> Error {
    Refusal::new(Code::StateConflict).with(json!({"rule": "no_local_account"})).into()
}
