//! People.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::given::given;
use crate::page::{PageParams, Pagination, SortOrder};
use crate::secret::Secret;

/// Person of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: Uuid,
    #[schema(example = "ada")]
    pub username: String,
    #[schema(example = "Ada Admin")]
    pub display_name: String,
    pub email: Option<String>,
    /// Who is disabled cannot sign in and has no session.
    pub enabled: bool,
    /// Until the password is changed, nothing else is open to them.
    pub must_change_password: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// People of one page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    pub items: Vec<User>,
    pub pagination: Pagination,
}

/// Which people.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserParams {
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    pub page: Option<i64>,
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub per_page: Option<i64>,
    pub sort_order: Option<SortOrder>,
    /// Beginning of the username.
    #[param(max_length = 64)]
    pub q: Option<String>,
}

impl UserParams {
    /// The part that says which page.
    pub fn page(&self) -> PageParams {
        PageParams { page: self.page, per_page: self.per_page, sort_order: self.sort_order, workspace_id: None }
    }
}

/// A person to be created; they must change the password at the first sign-in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// 1 to 64 of `a-z 0-9 . _ @ -`; unique in the tenant, fixed for ever.
    #[schema(example = "rita", min_length = 1, max_length = 64, pattern = "^[a-z0-9._@-]+$")]
    pub username: String,
    #[schema(example = "Rita Requester", min_length = 1, max_length = 100)]
    pub display_name: String,
    #[schema(example = "rita@example.org", max_length = 255)]
    pub email: Option<String>,
    /// At least 8 characters, no common word, not the username.
    pub password: Secret,
}

/// Changes to a person; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 100, required = false)]
    pub display_name: Option<String>,
    /// `null` takes the address away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub email: Option<Option<String>>,
    /// `false` also ends all sessions.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub enabled: Option<bool>,
}

/// A new password for somebody else; they must change it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// At least 8 characters, no common word, not the username.
    pub password: Secret,
}
