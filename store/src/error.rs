//! What can go wrong between a caller and the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use shepherd_domain::{Code, Refusal};
use uuid::Uuid;

/// What the messages of errors that pass have in them.
const PASSING: [&str; 6] =
    ["timeout", "terminating connection", "shutting down", "starting up", "connection closed", "deadlock detected"];

/// Result of a store method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store method did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no; the caller is told everything in it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The idempotency key was used before for the same request, which made this.
    #[error("made by an earlier request")]
    Replayed(Uuid),
    /// The database does not answer, or not in time, or ended this transaction for the sake of another. Nothing is known
    /// to have happened; trying again is safe for reads and for writes with an idempotency key.
    #[error("database unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A bug, or a database that is not ours.
    #[error("database query")]
    Query(#[source] DieselError),
    /// A value in the database, or a secret, that cannot be read.
    #[error("stored value: {0}")]
    Stored(String),
}

impl Error {
    /// Name of the constraint that refused a change, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Query(DieselError::DatabaseError(_, information)) => information.constraint_name(),
            _ => None,
        }
    }

    /// Turns the violation of `constraint` into `refusal`, and keeps every other error.
    pub(crate) fn refuse_on(self, constraint: &str, refusal: impl FnOnce() -> Refusal) -> Self {
        if self.constraint() == Some(constraint) { Self::Refused(refusal()) } else { self }
    }

    /// The refusal's code, if it is one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            _ => None,
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let unavailable = match &error {
            DieselError::BrokenTransactionManager => true,
            // The latter is how a connection that ended between two statements is told.
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::SerializationFailure,
                _,
            ) => true,
            // PostgreSQL's words for time-outs, shutdowns and deadlocks reach us only as a message.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
                PASSING.iter().any(|word| information.message().contains(word))
            }
            _ => false,
        };
        if unavailable { Self::Unavailable(Box::new(error)) } else { Self::Query(error) }
    }
}
