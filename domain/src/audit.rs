//! Actions of the audit log. One word per act, everywhere.

macro_rules! actions {
    ($($variant:ident = $word:literal,)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($variant,)+ }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Word in the database and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

actions! {
    SetupComplete = "setup.complete",
    UserLogin = "user.login",
    UserLoginFailed = "user.login_failed",
    UserLogout = "user.logout",
    UserPasswordChange = "user.password_change",
    UserCreate = "user.create",
    UserUpdate = "user.update",
    UserDelete = "user.delete",
    SessionRefresh = "session.refresh",
    SessionRevoke = "session.revoke",
    RoleAssign = "role.assign",
    RoleRevoke = "role.revoke",
    SystemCreate = "system.create",
    SystemUpdate = "system.update",
    SystemDelete = "system.delete",
    ServiceCreate = "service.create",
    ServiceUpdate = "service.update",
    ServiceDelete = "service.delete",
    NamespaceCreate = "namespace.create",
    NamespaceUpdate = "namespace.update",
    NamespaceDelete = "namespace.delete",
    TemplateCreate = "template.create",
    TemplateUpdate = "template.update",
    TemplateActivate = "template.activate",
    TemplateDeprecate = "template.deprecate",
    TemplateArchive = "template.archive",
    TemplateDelete = "template.delete",
    InstanceSizeCreate = "instance_size.create",
    InstanceSizeUpdate = "instance_size.update",
    InstanceSizeDelete = "instance_size.delete",
    ClusterRegister = "cluster.register",
    ClusterUpdate = "cluster.update",
    ClusterCredentialRotate = "cluster.credential_rotate",
    ClusterCheckRequest = "cluster.check_request",
    ClusterCheck = "cluster.check",
    ClusterDelete = "cluster.delete",
    VmRequest = "vm.request",
    ApprovalApprove = "approval.approve",
    ApprovalReject = "approval.reject",
    ApprovalCancel = "approval.cancel",
    ApprovalExpire = "approval.expire",
    ApprovalRemind = "approval.remind",
    ExecutionStart = "execution.start",
    ExecutionRestart = "execution.restart",
    ExecutionStep = "execution.step",
    ExecutionPark = "execution.park",
    ExecutionResume = "execution.resume",
    ExecutionAbandon = "execution.abandon",
    ExecutionUndo = "execution.undo",
    ExecutionNeedsOperator = "execution.needs_operator",
    ExecutionSuccess = "execution.success",
    ExecutionFailure = "execution.failure",
    VmCreate = "vm.create",
    VmStateChange = "vm.state_change",
    IdempotencyKeySweep = "idempotency_key.sweep",
    SessionSweep = "session.sweep",
    NotificationRead = "notification.read",
    AuditRead = "audit.read",
    AuditExport = "audit.export",
    AccessRefuse = "access.refuse",
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Succeeded,
    /// Somebody tried and was not allowed to.
    Refused,
    Failed,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Refused, Self::Failed];

    /// Word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Refused => "REFUSED",
            Self::Failed => "FAILED",
        }
    }
    /// Outcome of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}
