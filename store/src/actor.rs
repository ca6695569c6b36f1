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

#[cfg(test)]
impl Actor {
    /// A person with one role in the whole tenant, given by `by`.
    pub(crate) fn holding(principal: PrincipalId, role: Role, by: PrincipalId) -> Self {
        let makers = Makers { granted_by: vec![by.0], ..Makers::default() };
        Self { grants: vec![Grant { role, workspace: None }], makers, ..Self::person(principal, "Ada", None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: PrincipalId = PrincipalId(Uuid::from_u128(1));
    const TWO: PrincipalId = PrincipalId(Uuid::from_u128(2));
    const HERE: WorkspaceId = WorkspaceId(Uuid::from_u128(10));
    const THERE: WorkspaceId = WorkspaceId(Uuid::from_u128(11));
    const DECIDE: Permission = Permission::ApprovalDecide;

    /// A person whom nobody but themselves made, with these roles, where, and by whom.
    fn held(grants: &[(&str, Option<WorkspaceId>, PrincipalId)]) -> ActorRow {
        ActorRow {
            session_id: Uuid::from_u128(9),
            principal_id: Uuid::from_u128(8),
            display_name: "Ada".to_owned(),
            must_change_password: false,
            roles: grants.iter().map(|(role, ..)| (*role).to_owned()).collect(),
            workspaces: grants.iter().map(|(_, workspace, _)| workspace.map(|id| id.0)).collect(),
            granted_by: grants.iter().map(|(.., by)| by.0).collect(),
            created_by: Uuid::from_u128(8),
            password_by: None,
        }
    }

    #[test]
    fn the_system_may_everything_and_those_not_looked_up_nothing() {
        let session = Some(SessionId(Uuid::from_u128(3)));
        let person = Actor::person(ONE, "Ada", session);
        assert_eq!((person.principal, person.name.as_str(), person.session), (ONE, "Ada", session));
        assert_eq!(Actor::anonymous().name, "anonymous");
        assert_eq!(Actor::system().principal, SYSTEM_PRINCIPAL);
        for permission in Permission::ALL {
            for scope in [Scope::Tenant, Scope::Any, Scope::Workspace(HERE)] {
                assert!(Actor::system().allows(*permission, scope));
                assert!(!Actor::anonymous().allows(*permission, scope) && !person.allows(*permission, scope));
            }
        }
    }

    #[test]
    fn a_permission_reaches_as_far_as_its_grants() {
        let actor = Actor::from(held(&[("Approver", Some(HERE), ONE), ("Viewer", None, ONE)]));
        assert!(actor.allows(DECIDE, Scope::Workspace(HERE)) && !actor.allows(DECIDE, Scope::Workspace(THERE)));
        assert_eq!(actor.workspaces(DECIDE), Some(vec![HERE.0]));
        assert_eq!(actor.workspaces(Permission::VmRead), None);
        assert_eq!(actor.workspaces(Permission::UserManage), Some(vec![]));
    }

    #[test]
    fn a_role_of_another_release_grants_nothing_and_takes_nobody_elses_giver() {
        let actor = Actor::from(held(&[("Overlord", None, ONE), ("Approver", None, TWO)]));
        assert_eq!(actor.grants, [Grant { role: Role::Approver, workspace: None }]);
        assert!(actor.depends_on(TWO, DECIDE, Scope::Tenant) && !actor.depends_on(ONE, DECIDE, Scope::Tenant));
        assert_eq!(actor.session, Some(SessionId(Uuid::from_u128(9))));
        assert_eq!((actor.principal, actor.name.as_str()), (PrincipalId(Uuid::from_u128(8)), "Ada"));
    }

    #[test]
    fn whoever_made_the_account_or_its_password_counts_as_its_person() {
        let approver = || held(&[("Approver", None, TWO)]);
        assert!(!Actor::from(approver()).depends_on(ONE, DECIDE, Scope::Tenant));
        let created = Actor::from(ActorRow { created_by: ONE.0, ..approver() });
        let reset = Actor::from(ActorRow { password_by: Some(ONE.0), ..approver() });
        assert!(created.depends_on(ONE, DECIDE, Scope::Tenant) && reset.depends_on(ONE, DECIDE, Scope::Tenant));
    }

    #[test]
    fn a_permission_from_one_person_alone_depends_on_them() {
        let here = Scope::Workspace(HERE);
        let alone = Actor::from(held(&[("Approver", Some(HERE), ONE)]));
        assert!(alone.depends_on(ONE, DECIDE, here) && !alone.depends_on(TWO, DECIDE, here));
        let twice = Actor::from(held(&[("Approver", Some(HERE), ONE), ("Approver", None, TWO)]));
        assert!(!twice.depends_on(ONE, DECIDE, here));
        // What somebody else gave does not carry the permission, or not here.
        for other in [("Viewer", Some(HERE), TWO), ("Approver", Some(THERE), TWO)] {
            let actor = Actor::from(held(&[("Approver", Some(HERE), ONE), other]));
            assert!(actor.depends_on(ONE, DECIDE, here), "{other:?}");
        }
    }
}
