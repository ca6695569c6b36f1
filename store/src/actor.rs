//! The person or system behind a transaction, as the database knows them.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use shepherd_domain::ids::{PrincipalId, SYSTEM_PRINCIPAL, SessionId, WorkspaceId};
use shepherd_domain::policy::{self, Grant, Permission, Role, Scope};
use uuid::Uuid;

/// Who acts, with everything that permission is decided on.
#[derive(Clone, Debug)]
pub struct Actor {
    pub principal: PrincipalId,
    pub name: String,
    pub session: Option<SessionId>,
    pub grants: Vec<Grant>,
    pub must_change_password: bool,
    system: bool,
}

impl Actor {
    /// Shepherd itself; it is bound by states and digests, not by roles.
    pub(crate) fn system() -> Self {
        Self {
            principal: SYSTEM_PRINCIPAL,
            name: "Shepherd".to_owned(),
            session: None,
            grants: Vec::new(),
            must_change_password: false,
            system: true,
        }
    }

    /// Nobody: sign-in and set-up act as the system but hold no permission.
    pub(crate) fn anonymous() -> Self {
        Self { system: false, name: "anonymous".to_owned(), ..Self::system() }
    }

    /// A person who has just proved who they are; grants are not looked up, so nothing is permitted.
    pub(crate) fn person(principal: PrincipalId, name: &str, session: Option<SessionId>) -> Self {
        Self { principal, name: name.to_owned(), session, system: false, ..Self::system() }
    }

    /// Whether any grant permits `permission` in `scope`.
    pub fn allows(&self, permission: Permission, scope: Scope) -> bool {
        self.system || policy::allows(&self.grants, permission, scope)
    }

    /// Workspaces in which `permission` holds; `None` means the whole tenant.
    pub fn workspaces(&self, permission: Permission) -> Option<Vec<Uuid>> {
        if self.allows(permission, Scope::Tenant) {
            return None;
        }
        let held = self.grants.iter().filter(|grant| policy::permits(grant.role, permission));
        Some(held.filter_map(|grant| grant.workspace.map(|id| id.0)).collect())
    }
}

/// Session, person and grants in one row.
#[derive(QueryableByName)]
pub(crate) struct ActorRow {
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    principal_id: Uuid,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Bool)]
    must_change_password: bool,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Array<Nullable<SqlUuid>>)]
    workspaces: Vec<Option<Uuid>>,
}

/// Finds a live session of an enabled person. `$2` is null for signed access tokens.
pub(crate) const ACTOR_SQL: &str = "\
    select s.id as session_id, p.id as principal_id, p.display_name, \
           coalesce(c.must_change_password, false) as must_change_password, \
           coalesce(b.roles, '{}') as roles, coalesce(b.workspaces, '{}') as workspaces \
    from sessions s \
    join principals p on p.tenant_id = s.tenant_id and p.id = s.principal_id \
    left join local_credentials c on c.tenant_id = p.tenant_id and c.principal_id = p.id \
    left join lateral (select array_agg(role order by id) as roles, array_agg(workspace_id order by id) as workspaces \
                       from role_bindings where tenant_id = p.tenant_id and principal_id = p.id) b on true \
    where s.tenant_id = $3 and s.id = $1 and s.revoked_at is null and s.expires_at > now() and p.enabled \
      and ($2::bytea is null and s.kind = 'API' or s.kind = 'CONSOLE' and s.secret_hash = $2::bytea)";

impl From<ActorRow> for Actor {
    fn from(row: ActorRow) -> Self {
        let grants = row.roles.iter().zip(row.workspaces).filter_map(|(role, workspace)| {
            // A role that this release does not know grants nothing.
            Some(Grant { role: Role::from_word(role)?, workspace: workspace.map(WorkspaceId) })
        });
        Self {
            principal: PrincipalId(row.principal_id),
            name: row.display_name,
            session: Some(SessionId(row.session_id)),
            grants: grants.collect(),
            must_change_password: row.must_change_password,
            system: false,
        }
    }
}
