//! First-run set-up: whoever reads the server's log makes the first administrator. No default password exists.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{delete, insert_into, sql_query};
use futures_util::FutureExt as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shepherd_domain::audit::Action;
use shepherd_domain::ids::{DEFAULT_TENANT, PrincipalId, RequestId, SYSTEM_PRINCIPAL};
use shepherd_domain::policy::Role;
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::{Ctx, Run};
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::pipeline::All;
use crate::schema::{principals, role_bindings, system_secrets};
use crate::users::{self, NewPerson, Person};

const NAME: &str = "SETUP_TOKEN_HASH";

/// Roles of the first administrator.
const ROLES: [Role; 2] = [Role::PlatformAdmin, Role::TenantAdmin];

/// Whether somebody has to set the installation up, and what their token must hash to.
#[derive(Clone, Debug)]
pub struct SetupState {
    pub required: bool,
    pub token_hash: Option<String>,
}

/// What is kept of a set-up token: SHA-256 in hex.
pub fn setup_token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Puts a fresh token's hash in place while nobody has an account; earlier tokens end. Returns whether it did.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn setup_token_renew(&self, token: &str) -> Result<bool> {
        let ctx = Ctx::system(DEFAULT_TENANT, RequestId(Uuid::now_v7()), Run::default());
        if !self.setup_state(&ctx).await?.required {
            return Ok(false);
        }
        let keep = sql_query(
            "insert into system_secrets (key_name, key_value) values ($1, $2) \
             on conflict (key_name) do update set key_value = excluded.key_value, created_at = now()",
        )
        .bind::<Text, _>(NAME)
        .bind::<Text, _>(setup_token_hash(token));
        self.alone(|conn| diesel_async::RunQueryDsl::execute(keep, conn).boxed()).await?;
        Ok(true)
    }

    /// Whether set-up is still to be done. Open to everybody; the hash stays inside the server.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn setup_state(&self, ctx: &Ctx) -> Result<SetupState> {
        let stored = system_secrets::table.filter(system_secrets::key_name.eq(NAME)).select(system_secrets::key_value);
        // In this order: a token that is gone has made somebody whom the count then sees.
        let batch = All((stored, people().count()));
        let (_, (stored, people)): (_, (Vec<String>, Vec<i64>)) = self.read(ctx, batch).await?;
        Ok(SetupState { required: people == [0], token_hash: stored.into_iter().next() })
    }

    /// Records that somebody came with a wrong token.
    pub async fn setup_refuse(&self, ctx: &Ctx) -> Error {
        let leaf = Leaf::new(Action::SetupComplete, Resource::new("installation", "", ""), json!({}));
        self.refuse(ctx, Refusal::new(Code::SetupTokenInvalid), leaf).await
    }

    /// Creates the first administrator. Of several callers with the right token exactly one succeeds, because the
    /// token is deleted with the same transaction.
    ///
    /// # Errors
    /// `ALREADY_SET_UP`; `SETUP_TOKEN_INVALID` when the token was renewed in between.
    pub async fn setup_complete(&self, ctx: &Ctx, token_hash: String, new: NewPerson) -> Result<Person> {
        let id = PrincipalId(Uuid::now_v7());
        let details = json!({"after": users::after(&new), "roles": ROLES.map(Role::as_str)});
        let leaf = Leaf::new(Action::SetupComplete, users::resource(id, &new), details);
        let mut tx = self.tx(ctx).await?;
        let spent = delete(
            system_secrets::table
                .filter(system_secrets::key_name.eq(NAME).and(system_secrets::key_value.eq(token_hash))),
        )
        .returning(system_secrets::key_name);
        let (spent, people): (Vec<String>, Vec<i64>) = tx.fetch(All((spent, people().count()))).await?;
        if people != [0] {
            return Err(Refusal::new(Code::AlreadySetUp).into());
        }
        if spent.is_empty() {
            return Err(Refusal::new(Code::SetupTokenInvalid).into());
        }
        tx.act_as(Actor::person(id, &new.display_name, None));
        let person = users::insert(&mut tx, id, new, SYSTEM_PRINCIPAL, false).await?;
        for role in ROLES {
            tx.write(insert_into(role_bindings::table).values((
                role_bindings::tenant_id.eq(ctx.tenant.0),
                role_bindings::id.eq(Uuid::now_v7()),
                role_bindings::principal_id.eq(id.0),
                role_bindings::role.eq(role.as_str()),
                role_bindings::workspace_id.eq(None::<Uuid>),
                role_bindings::source.eq("system"),
                role_bindings::granted_by.eq(SYSTEM_PRINCIPAL.0),
            )));
        }
        tx.commit(leaf).await?;
        Ok(person)
    }
}

/// People of the default tenant.
#[diesel::dsl::auto_type(no_type_alias)]
fn people() -> _ {
    let tenant: Uuid = DEFAULT_TENANT.0;
    principals::table.filter(principals::tenant_id.eq(tenant).and(principals::kind.eq("USER")))
}
