//! What a caller may see, as a condition in the query itself.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use shepherd_domain::policy::{Permission, Role, permits};
use uuid::Uuid;

use crate::ctx::{Caller, Ctx};

type Start = UncheckedBind<SqlLiteral<Bool>, AsExprOf<Uuid, SqlUuid>>;
type Middle = UncheckedBind<SqlLiteral<Bool, Start>, AsExprOf<Uuid, SqlUuid>>;
type End = UncheckedBind<SqlLiteral<Bool, Middle>, AsExprOf<Vec<&'static str>, Array<Text>>>;

/// Condition that holds for rows in whose workspace the caller's session carries `permission`. `column` is the
/// row's workspace, written with its table.
///
/// The question is asked in the query, so that pages and totals count what the caller may see, in one round trip.
pub(crate) fn visible(ctx: &Ctx, permission: Permission, column: &'static str) -> SqlLiteral<Bool, End> {
    let session = match &ctx.caller {
        Caller::Session { id, .. } => id.0,
        Caller::Anonymous | Caller::System(_) => Uuid::nil(),
    };
    sql::<Bool>(
        "exists (select from sessions vs join role_bindings vb on vb.tenant_id = vs.tenant_id \
         and vb.principal_id = vs.principal_id where vs.tenant_id = ",
    )
    .bind::<SqlUuid, _>(ctx.tenant.0)
    .sql(" and vs.id = ")
    .bind::<SqlUuid, _>(session)
    .sql(" and vb.role = any(")
    .bind::<Array<Text>, _>(roles_with(permission))
    .sql(&format!(") and (vb.workspace_id is null or vb.workspace_id = {column}))"))
}

/// Condition that holds when the caller's session carries `permission` in the whole tenant: for what hangs on no
/// workspace.
pub(crate) fn holds(ctx: &Ctx, permission: Permission) -> SqlLiteral<Bool, End> {
    visible(ctx, permission, "null::uuid")
}

/// The same condition for SQL text whose `$1` is the tenant and `$2` the session; the roles are its parameter
/// number `roles`. Nothing in it hangs on the row but the comparison, so that it is looked up once for a whole list.
pub(crate) fn within(column: &str, roles: usize) -> String {
    let held = format!(
        "from sessions vs join role_bindings vb on vb.tenant_id = vs.tenant_id and vb.principal_id = vs.principal_id \
         where vs.tenant_id = $1 and vs.id = $2 and vb.role = any(${roles}) and vb.workspace_id"
    );
    format!("(exists (select {held} is null) or {column} = any(array(select vb.workspace_id {held} is not null)))")
}

/// The caller's id in such text.
pub(crate) const CALLER: &str = "(select vs.principal_id from sessions vs where vs.tenant_id = $1 and vs.id = $2)";

/// Words of the roles that carry `permission`.
pub(crate) fn roles_with(permission: Permission) -> Vec<&'static str> {
    Role::ALL.iter().filter(|role| permits(**role, permission)).map(|role| role.as_str()).collect()
}
