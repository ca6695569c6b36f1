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
    makers: Makers,
    system: bool,
}

/// Who made a person's account what it is.
#[derive(Clone, Debug, Default)]
struct Makers {
    created_by: Option<Uuid>,
    /// Who last gave them a password that was not their own choice.
    password_by: Option<Uuid>,
    /// Who gave each of the grants.
    granted_by: Vec<Uuid>,
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
            makers: Makers::default(),
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

    /// Whether somebody else made this account, gave it its last password, or alone gave it `permission` in `scope`:
    /// then the two count as one person where the rules ask for two.
    pub(crate) fn depends_on(&self, person: PrincipalId, permission: Permission, scope: Scope) -> bool {
        let made = [self.makers.created_by, self.makers.password_by].contains(&Some(person.0));
        let mut grants = self.grants.iter().zip(&self.makers.granted_by);
        made || !grants.any(|(grant, by)| *by != person.0 && policy::allows(&[*grant], permission, scope))
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
    #[diesel(sql_type = Array<SqlUuid>)]
    granted_by: Vec<Uuid>,
    #[diesel(sql_type = SqlUuid)]
    created_by: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    password_by: Option<Uuid>,
}

/// Finds a live session of an enabled person. `$2` is null for signed access tokens.
pub(crate) const ACTOR_SQL: &str = "\
    select s.id as session_id, p.id as principal_id, p.display_name, \
           coalesce(c.must_change_password, false) as must_change_password, \
           coalesce(b.roles, '{}') as roles, coalesce(b.workspaces, '{}') as workspaces, \
           coalesce(b.granted_by, '{}') as granted_by, p.created_by, c.reset_by as password_by \
    from sessions s \
    join principals p on p.tenant_id = s.tenant_id and p.id = s.principal_id \
    left join local_credentials c on c.tenant_id = p.tenant_id and c.principal_id = p.id \
    left join lateral (select array_agg(role order by id) as roles, array_agg(workspace_id order by id) as workspaces, \
                              array_agg(granted_by order by id) as granted_by \
                       from role_bindings where tenant_id = p.tenant_id and principal_id = p.id) b on true \
    where s.tenant_id = $3 and s.id = $1 and s.revoked_at is null and s.expires_at > now() and p.enabled \
      and ($2::bytea is null and s.kind = 'API' or s.kind = 'CONSOLE' and s.secret_hash = $2::bytea)";

impl From<ActorRow> for Actor {
    fn from(row: ActorRow) -> Self {
        let held = row.roles.iter().zip(row.workspaces).zip(row.granted_by);
        let grants = held.filter_map(|((role, workspace), by)| {
            // A role that this release does not know grants nothing.
            Some((Grant { role: Role::from_word(role)?, workspace: workspace.map(WorkspaceId) }, by))
        });
        let (grants, granted_by) = grants.unzip();
        Self {
            principal: PrincipalId(row.principal_id),
            name: row.display_name,
            session: Some(SessionId(row.session_id)),
            grants,
            must_change_password: row.must_change_password,
            makers: Makers { created_by: Some(row.created_by), password_by: row.password_by, granted_by },
            system: false,
        }
    }
}
