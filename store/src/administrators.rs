//! Administrators: one at least of each kind stays, and only they touch each other.

use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use serde_json::json;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::policy::{Permission, Role, RoleScope, Scope};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

use crate::ctx::Ctx;
use crate::error::Result;
use crate::leaf::Leaf;
use crate::pipeline::{All, Batch};
use crate::schema::role_bindings;
use crate::tx::Tx;

/// Roles without which a tenant could not be administered any more.
const KEPT: [Role; 2] = [Role::PlatformAdmin, Role::TenantAdmin];

/// Role that a person holds in the whole tenant, or in one workspace.
pub(crate) type Held = (String, Option<Uuid>);

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = word)]
    word: String,
}

/// What is known of a person before somebody changes what they may do.
pub(crate) struct Standing {
    pub(crate) held: Vec<Held>,
    /// Roles of [`KEPT`] that another enabled person holds in the whole tenant.
    others: Vec<String>,
}

/// Takes the lock under which administrators change in this tenant, then asks `query` and for the standing of
/// `person`, all in one round trip.
pub(crate) async fn lock<U, ST, B>(tx: &mut Tx, person: PrincipalId, query: B) -> Result<(Vec<U>, Standing)>
where
    U: Send + 'static,
    ST: 'static,
    B: Batch<Vec<U>, ST> + 'static,
{
    let ctx = tx.ctx().clone();
    let held = role_bindings::table
        .filter(role_bindings::tenant_id.eq(ctx.tenant.0).and(role_bindings::principal_id.eq(person.0)))
        .select((role_bindings::role, role_bindings::workspace_id));
    let others = sql_query(
        "select distinct b.role as word from role_bindings b \
         join principals p on p.tenant_id = b.tenant_id and p.id = b.principal_id \
         where b.tenant_id = $1 and b.workspace_id is null and b.role = any($3) and p.enabled and p.id <> $2",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .bind::<SqlUuid, _>(person.0)
    .bind::<Array<Text>, _>(KEPT.map(Role::as_str).to_vec());
    type Rows<U> = (Vec<Word>, Vec<U>, Vec<Held>, Vec<Word>);
    let (_, rows, held, others): Rows<U> = tx.fetch(All((tenant_lock(&ctx), query, held, others))).await?;
    Ok((rows, Standing { held, others: others.into_iter().map(|row| row.word).collect() }))
}

/// Held until the end of the transaction. The server may not update bindings, so their rows cannot be locked.
fn tenant_lock(ctx: &Ctx) -> impl Batch<Vec<Word>, diesel::sql_types::Untyped> + use<> {
    sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))::text as word")
        .bind::<Text, _>(format!("administrators {}", ctx.tenant))
}

impl Standing {
    /// Refuses to take `roles` from the person when nobody else holds them.
    ///
    /// # Errors
    /// `STATE_CONFLICT` with the rule `last_administrator`.
    pub(crate) fn keep_one(&self, roles: &[Held]) -> Result<()> {
        let last = roles.iter().find(|(role, workspace)| {
            let kept = workspace.is_none() && KEPT.iter().any(|kept| kept.as_str() == role);
            kept && !self.others.contains(role)
        });
        match last {
            Some((role, _)) => {
                let params = json!({"rule": "last_administrator", "role": role});
                Err(Refusal::new(Code::StateConflict).with(params).into())
            }
            None => Ok(()),
        }
    }

    /// Asks for what it takes to change a person of this standing: who could reset the password of a platform
    /// administrator would be one.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, recorded as an attempt at `leaf`.
    pub(crate) async fn allow(&self, tx: &mut Tx, leaf: &Leaf) -> Result<()> {
        tx.allow(Permission::UserManage, Scope::Tenant, leaf.clone()).await?;
        if self.held.iter().any(|(role, _)| is_platform(role)) {
            tx.allow(Permission::PlatformRoleGrant, Scope::Tenant, leaf.clone()).await?;
        }
        Ok(())
    }
}

/// Whether a role reaches beyond the tenant.
pub(crate) fn is_platform(role: &str) -> bool {
    Role::from_word(role).is_some_and(|role| role.scope() == RoleScope::Platform)
}
