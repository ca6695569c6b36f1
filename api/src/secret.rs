//! Text that is read and never shown.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Password or token. Its debug form hides it, so that a body can be logged by mistake without harm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(format = Password)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
