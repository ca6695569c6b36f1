//! Every business "no", as a stable code with parameters. People's words live in the console.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal;)+) => {
        /// Stable code of an error; its status is part of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// HTTP status that the code always travels with.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }
        }
    };
}

codes! {
    /// The body is no JSON, or a value has the wrong type or is out of range; `errors` point at it.
    ValidationFailed = "VALIDATION_FAILED", 422;
    /// The body cannot be read as JSON at all.
    MalformedBody = "MALFORMED_BODY", 400;
    /// A field that the caller may not set, or that does not exist.
    InvalidRequestField = "INVALID_REQUEST_FIELD", 400;
    /// A query parameter that does not exist or does not parse.
    InvalidQuery = "INVALID_QUERY", 400;
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413;
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415;
    NameInvalid = "NAME_INVALID", 400;
    NameTooLong = "NAME_TOO_LONG", 400;
    NamespaceNameInvalid = "NAMESPACE_NAME_INVALID", 400;
    VmNameTooLong = "VM_NAME_TOO_LONG", 400;
    PasswordRefused = "PASSWORD_REFUSED", 400;
    TemplateSpecViolation = "TEMPLATE_SPEC_VIOLATION", 400;
    CloudInitInvalid = "CLOUD_INIT_INVALID", 400;
    InvalidSpecOverrides = "INVALID_SPEC_OVERRIDES", 400;
    KubeconfigRefused = "KUBECONFIG_REFUSED", 400;
    DeleteConfirmationRequired = "DELETE_CONFIRMATION_REQUIRED", 400;
    ConfirmationNameMismatch = "CONFIRMATION_NAME_MISMATCH", 400;
    Unauthenticated = "UNAUTHENTICATED", 401;
    InvalidCredentials = "INVALID_CREDENTIALS", 401;
    SessionRevoked = "SESSION_REVOKED", 401;
    SetupTokenInvalid = "SETUP_TOKEN_INVALID", 401;
    PermissionDenied = "PERMISSION_DENIED", 403;
    PasswordChangeRequired = "PASSWORD_CHANGE_REQUIRED", 403;
    CrossSiteRequest = "CROSS_SITE_REQUEST", 403;
    TwoPersonIntegrity = "TWO_PERSON_INTEGRITY", 403;
    NotFound = "NOT_FOUND", 404;
    VmNotFound = "VM_NOT_FOUND", 404;
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405;
    /// The body did not arrive in time.
    RequestTimeout = "REQUEST_TIMEOUT", 408;
    AlreadySetUp = "ALREADY_SET_UP", 409;
    AlreadyExists = "ALREADY_EXISTS", 409;
    AlreadyDecided = "ALREADY_DECIDED", 409;
    StateConflict = "STATE_CONFLICT", 409;
    DuplicatePendingRequest = "DUPLICATE_PENDING_REQUEST", 409;
    ApprovalSnapshotMismatch = "APPROVAL_SNAPSHOT_MISMATCH", 409;
    DeleteRestricted = "DELETE_RESTRICTED", 409;
    NotDraft = "NOT_DRAFT", 409;
    EnvironmentMismatch = "ENVIRONMENT_MISMATCH", 422;
    NoApprovers = "NO_APPROVERS", 422;
    NotUsable = "NOT_USABLE", 422;
    CapabilityMismatch = "CAPABILITY_MISMATCH", 422;
    StorageClassUnknown = "STORAGE_CLASS_UNKNOWN", 422;
    DiskOutOfRange = "DISK_OUT_OF_RANGE", 422;
    /// The template's root disk is the image's own; it has no size that could be chosen.
    DiskNotSizable = "DISK_NOT_SIZABLE", 422;
    PinnedCpuOvercommit = "PINNED_CPU_OVERCOMMIT", 422;
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED", 422;
    RateLimited = "RATE_LIMIT_EXCEEDED", 429;
    Internal = "INTERNAL_ERROR", 500;
    ClusterUnhealthy = "CLUSTER_UNHEALTHY", 503;
    DependencyUnavailable = "DEPENDENCY_UNAVAILABLE", 503;
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldError {
    /// JSON pointer into the body, or the name of a query parameter.
    pub pointer: String,
    pub code: &'static str,
    pub params: Value,
}

/// A "no" with everything the caller may know about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("refused: {}", code.as_str())]
pub struct Refusal {
    pub code: Code,
    /// Object; its keys belong to the code.
    pub params: Value,
    pub errors: Vec<FieldError>,
}

impl Refusal {
    pub fn new(code: Code) -> Self {
        Self { code, params: json!({}), errors: Vec::new() }
    }

    /// Replaces the parameters.
    pub fn with(mut self, params: Value) -> Self {
        self.params = params;
        self
    }

    /// Adds a wrong field.
    pub fn field(mut self, pointer: impl Into<String>, code: &'static str, params: Value) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), code, params });
        self
    }

    /// A value of the right type that breaks a rule.
    pub fn invalid(pointer: impl Into<String>, code: &'static str, params: Value) -> Self {
        Self::new(Code::ValidationFailed).field(pointer, code, params)
    }

    /// The thing a lookup did not find, or that the caller may not see.
    pub fn not_found(resource: &'static str) -> Self {
        Self::new(if resource == "vm" { Code::VmNotFound } else { Code::NotFound }).with(json!({"resource": resource}))
    }
}

/// Result of a rule.
pub type Result<T> = std::result::Result<T, Refusal>;
