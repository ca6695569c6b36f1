//! Environment class of clusters and namespaces.

use serde::{Deserialize, Serialize};

/// Exactly `test` or `prod`; a namespace called `uat` still has one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Test,
    Prod,
}

impl Environment {
    pub const ALL: [Self; 2] = [Self::Test, Self::Prod];

    /// Word in the database, in labels and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Prod => "prod",
        }
    }

    /// Environment of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == word)
    }
}
