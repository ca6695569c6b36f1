//! Signing in, sessions, one's own account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::page::Pagination;
use crate::secret::Secret;

/// What somebody signs in with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(example = "ada", max_length = 255)]
    pub username: String,
    pub password: Secret,
    /// Short name of the tenant.
    #[schema(example = "default", default = "default")]
    pub tenant: Option<String>,
}

/// Tokens of a program.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// For the header `Authorization: Bearer`.
    pub access_token: Secret,
    /// Good once, for the next pair; a second use ends the session.
    pub refresh_token: Secret,
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Life of the access token in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Until it is changed, everything but one's own account answers `PASSWORD_CHANGE_REQUIRED`.
    pub must_change_password: bool,
}

/// A refresh token to be exchanged.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    pub refresh_token: Secret,
}

/// A new password for oneself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub current_password: Secret,
    /// At least 8 characters, no common word, not the username, not the current one.
    pub new_password: Secret,
}

/// A person, in short.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Principal {
    pub id: Uuid,
    #[schema(example = "ada")]
    pub username: String,
    #[schema(example = "Ada Admin")]
    pub display_name: String,
    pub email: Option<String>,
}

/// Answer to a sign-in of the console; the session is in the cookie.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    pub principal: Principal,
    pub must_change_password: bool,
}

/// Organisation whose data the session sees.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    pub id: Uuid,
    #[schema(example = "default")]
    pub slug: String,
    pub name: String,
}

/// Role that the caller holds; without a workspace in the whole tenant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HeldRole {
    #[schema(example = "Operator")]
    pub role: String,
    pub workspace_id: Option<Uuid>,
}

/// The session of a call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OwnSession {
    pub id: Uuid,
    /// `CONSOLE` or `API`.
    #[schema(example = "API")]
    pub kind: String,
    pub expires_at: DateTime<Utc>,
}

/// Who the caller is and what they may do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub principal: Principal,
    pub tenant: Tenant,
    pub roles: Vec<HeldRole>,
    /// Permissions of all roles together, wherever they hold.
    #[schema(example = json!(["governance:system:read"]))]
    pub permissions: Vec<String>,
    pub must_change_password: bool,
    pub session: OwnSession,
}

/// One sign-in of a person, from one client.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Session {
    pub id: Uuid,
    #[schema(example = "CONSOLE")]
    pub kind: String,
    pub ip: String,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Whether it is the session of this call.
    pub current: bool,
}

/// Live sessions, at most five.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    pub items: Vec<Session>,
    pub pagination: Pagination,
}
