//! Who calls.

use clap::ValueEnum;

/// Somebody whom the contract is tried as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Identity {
    Anonymous,
    Requester,
    Approver,
    Administrator,
}

impl Identity {
    pub(crate) const ALL: [Self; 4] = [Self::Anonymous, Self::Requester, Self::Approver, Self::Administrator];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Requester => "requester",
            Self::Approver => "approver",
            Self::Administrator => "administrator",
        }
    }

    /// Under what name this person signs in, in a world of the tests; nothing for nobody.
    pub(crate) fn username(self) -> Option<&'static str> {
        match self {
            Self::Anonymous => None,
            Self::Requester => Some("rita"),
            Self::Approver => Some("anton"),
            Self::Administrator => Some("ada"),
        }
    }
}
