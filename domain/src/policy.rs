//! Who may do what: one `match`. The whole table is kept in `tests/policy_matrix.txt`.

use serde::{Deserialize, Serialize};

use crate::ids::WorkspaceId;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Word in the database and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of that word, if it is one.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Built-in role.
    Role {
        PlatformAdmin = "PlatformAdmin",
        PlatformAuditor = "PlatformAuditor",
        TenantAdmin = "TenantAdmin",
        SecurityAdmin = "SecurityAdmin",
        WorkspaceAdmin = "WorkspaceAdmin",
        Operator = "Operator",
        Approver = "Approver",
        Auditor = "Auditor",
        Sre = "SRE",
        Viewer = "Viewer",
    }
}

words! {
    /// What can be permitted: `area:resource:action`.
    Permission {
        SystemRead = "governance:system:read",
        SystemCreate = "governance:system:create",
        SystemUpdate = "governance:system:update",
        SystemDelete = "governance:system:delete",
        ServiceRead = "governance:service:read",
        ServiceCreate = "governance:service:create",
        ServiceUpdate = "governance:service:update",
        ServiceDelete = "governance:service:delete",
        NamespaceRead = "governance:namespace:read",
        NamespaceManage = "governance:namespace:manage",
        TicketRead = "governance:ticket:read",
        ApprovalDecide = "governance:approval:decide",
        VmRead = "compute:vm:read",
        VmCreate = "compute:vm:create",
        ExecutionRead = "workflow:execution:read",
        ExecutionAbandon = "workflow:execution:abandon",
        TemplateRead = "platform:template:read",
        TemplateManage = "platform:template:manage",
        InstanceSizeRead = "platform:instance_size:read",
        InstanceSizeManage = "platform:instance_size:manage",
        ClusterRead = "platform:cluster:read",
        ClusterManage = "platform:cluster:manage",
        PlatformRoleGrant = "platform:role:grant",
        UserRead = "identity:user:read",
        UserManage = "identity:user:manage",
        BindingRead = "identity:binding:read",
        BindingManage = "identity:binding:manage",
        AuditRead = "audit:log:read",
        AuditExport = "audit:export:create",
    }
}

/// Where a role can be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleScope {
    Platform,
    Tenant,
    Workspace,
}

impl Role {
    /// Narrowest scope of the role; a workspace role bound without a workspace holds in the whole tenant.
    pub fn scope(self) -> RoleScope {
        match self {
            Self::PlatformAdmin | Self::PlatformAuditor | Self::Sre => RoleScope::Platform,
            Self::TenantAdmin | Self::SecurityAdmin => RoleScope::Tenant,
            Self::WorkspaceAdmin | Self::Operator | Self::Approver | Self::Auditor | Self::Viewer => {
                RoleScope::Workspace
            }
        }
    }
}

/// Whether `role` carries `permission`. Nothing is implied by a name and nothing is inherited.
#[expect(clippy::too_many_lines, reason = "the whole policy stands in one readable match")]
pub fn permits(role: Role, permission: Permission) -> bool {
    use Permission as P;
    let reads = matches!(
        permission,
        P::SystemRead | P::ServiceRead | P::NamespaceRead | P::VmRead | P::TemplateRead | P::InstanceSizeRead
    );
    match role {
        Role::PlatformAdmin => {
            reads
                || matches!(
                    permission,
                    P::TemplateManage
                        | P::InstanceSizeManage
                        | P::ClusterRead
                        | P::ClusterManage
                        | P::NamespaceManage
                        | P::PlatformRoleGrant
                        | P::UserRead
                        | P::BindingRead
                        | P::TicketRead
                        | P::ExecutionRead
                )
        }
        Role::TenantAdmin => {
            reads
                || matches!(
                    permission,
                    P::SystemCreate
                        | P::SystemUpdate
                        | P::SystemDelete
                        | P::ServiceCreate
                        | P::ServiceUpdate
                        | P::ServiceDelete
                        | P::NamespaceManage
                        | P::TicketRead
                        | P::ClusterRead
                        | P::UserRead
                        | P::UserManage
                        | P::BindingRead
                        | P::BindingManage
                        | P::AuditRead
                )
        }
        Role::SecurityAdmin => {
            matches!(
                permission,
                P::UserRead | P::UserManage | P::BindingRead | P::BindingManage | P::AuditRead | P::AuditExport
            )
        }
        Role::WorkspaceAdmin => {
            reads
                || matches!(
                    permission,
                    P::SystemCreate
                        | P::SystemUpdate
                        | P::SystemDelete
                        | P::ServiceCreate
                        | P::ServiceUpdate
                        | P::ServiceDelete
                        | P::VmCreate
                        | P::TicketRead
                        | P::ClusterRead
                        | P::UserRead
                        | P::BindingRead
                )
        }
        Role::Operator => {
            reads
                || matches!(
                    permission,
                    P::SystemCreate
                        | P::SystemUpdate
                        | P::SystemDelete
                        | P::ServiceCreate
                        | P::ServiceUpdate
                        | P::ServiceDelete
                        | P::VmCreate
                )
        }
        Role::Approver => reads || matches!(permission, P::TicketRead | P::ApprovalDecide | P::ClusterRead),
        Role::PlatformAuditor | Role::Auditor => {
            reads
                || matches!(
                    permission,
                    P::TicketRead | P::ClusterRead | P::UserRead | P::BindingRead | P::AuditRead | P::AuditExport
                )
        }
        Role::Sre => {
            reads || matches!(permission, P::TicketRead | P::ClusterRead | P::ExecutionRead | P::ExecutionAbandon)
        }
        Role::Viewer => reads,
    }
}

/// Role held by a person, in one workspace or in the whole tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub workspace: Option<WorkspaceId>,
}

/// What a question of permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Something of one workspace.
    Workspace(WorkspaceId),
    /// Something of the tenant as a whole, or of the platform.
    Tenant,
    /// A list that is filtered afterwards: any grant that permits will do.
    Any,
}

/// Whether any of `grants` permits `permission` in `scope`.
pub fn allows(grants: &[Grant], permission: Permission, scope: Scope) -> bool {
    grants.iter().any(|grant| {
        let reaches = match (grant.workspace, scope) {
            (None, _) | (_, Scope::Any) => true,
            (Some(held), Scope::Workspace(asked)) => held == asked,
            (Some(_), Scope::Tenant) => false,
        };
        reaches && permits(grant.role, permission)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use uuid::Uuid;

    /// The golden file is read by people who do not read Rust; regenerate it with `UPDATE_GOLDEN=1`.
    #[test]
    fn the_matrix_is_the_golden_file() {
        let mut table = String::from("permission");
        Role::ALL.iter().for_each(|role| write!(table, "\t{}", role.as_str()).unwrap_or_default());
        for permission in Permission::ALL {
            write!(table, "\n{}", permission.as_str()).unwrap_or_default();
            for role in Role::ALL {
                let mark = if permits(*role, *permission) { "yes" } else { "-" };
                write!(table, "\t{mark}").unwrap_or_default();
            }
        }
        table.push('\n');
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policy_matrix.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap_or_default();
            std::fs::write(path, &table).unwrap_or_default();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), table);
    }

    #[test]
    fn who_administers_does_not_decide() {
        for role in Role::ALL.iter().filter(|role| **role != Role::Approver) {
            assert!(!permits(*role, Permission::ApprovalDecide), "{role:?}");
        }
    }

    #[test]
    fn auditors_change_nothing() {
        let changes = ["create", "update", "delete", "manage", "decide", "grant", "abandon"];
        for permission in Permission::ALL.iter().filter(|p| **p != Permission::AuditExport) {
            if changes.iter().any(|verb| permission.as_str().ends_with(verb)) {
                assert!(!permits(Role::Auditor, *permission) && !permits(Role::PlatformAuditor, *permission));
            }
        }
    }

    #[test]
    fn a_grant_in_one_workspace_says_nothing_about_another() {
        let here = WorkspaceId(Uuid::from_u128(1));
        let there = WorkspaceId(Uuid::from_u128(2));
        let grants = [Grant { role: Role::Operator, workspace: Some(here) }];
        assert!(allows(&grants, Permission::VmCreate, Scope::Workspace(here)));
        assert!(!allows(&grants, Permission::VmCreate, Scope::Workspace(there)));
        assert!(!allows(&grants, Permission::VmCreate, Scope::Tenant));
        assert!(allows(&grants, Permission::VmCreate, Scope::Any));
    }
}
