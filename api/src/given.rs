//! Members of a change that may be left out.

use serde::{Deserialize, Deserializer};

/// Reads a member that is present. Null is a value like any other: an error where the type has none, and what takes
/// an optional member away.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
