//! One type per id, so that two ids cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// Organisation whose data is kept apart from every other's.
    TenantId,
    /// Part of a tenant with an immutable region.
    WorkspaceId,
    /// Person, or the system itself.
    PrincipalId,
    /// One sign-in of a person, from one client.
    SessionId,
    /// One HTTP request or one activity, for correlation.
    RequestId,
    /// Business grouping, top of the hierarchy.
    SystemId,
    /// Part of a System; owns the instance counter.
    ServiceId,
    /// Entry of the namespace registry.
    NamespaceId,
    /// One version of a template.
    TemplateId,
    /// Hardware baseline.
    InstanceSizeId,
    /// Kubernetes cluster with KubeVirt.
    ClusterId,
    /// Request and its execution.
    TicketId,
    /// Decision on a ticket, pending or taken.
    ApprovalId,
    /// Virtual machine.
    VmId,
}

/// Tenant under which platform-wide acts are audited.
pub const ROOT_TENANT: TenantId = TenantId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
/// Tenant of a fresh installation.
pub const DEFAULT_TENANT: TenantId = TenantId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));
/// Workspace of a fresh installation, in the default tenant.
pub const DEFAULT_WORKSPACE: WorkspaceId = WorkspaceId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0003));
/// Principal of everything that Shepherd does by itself; it exists in every tenant under the same id.
pub const SYSTEM_PRINCIPAL: PrincipalId = PrincipalId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_00ff));
