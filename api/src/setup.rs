//! First-run set-up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::secret::Secret;

/// Whether the installation waits for its first administrator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupState {
    pub required: bool,
}

/// The first administrator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupComplete {
    /// From the server's log.
    pub token: Secret,
    /// 1 to 64 of `a-z 0-9 . _ @ -`.
    #[schema(example = "admin", min_length = 1, max_length = 64, pattern = "^[a-z0-9._@-]+$")]
    pub username: String,
    #[schema(example = "Ada Admin", min_length = 1, max_length = 100)]
    pub display_name: String,
    #[schema(example = "ada@example.org", max_length = 255)]
    pub email: Option<String>,
    /// At least 8 characters, no common word, not the username.
    pub password: Secret,
}
