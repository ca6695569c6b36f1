//! Hashing of passwords (argon2id), at most two at a time: it takes a core and 19 MiB, and other requests must not
//! wait behind it.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde_json::json;
use shepherd_api::secret::Secret;
use shepherd_domain::{Code, Refusal};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::error::{Problem, Result};

const AT_ONCE: usize = 2;
/// How long a caller waits for their turn.
const WAIT: Duration = Duration::from_secs(10);

/// The two places for hashing.
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    /// Hash of nothing that anybody knows; compared with when there is no account, so that it takes as long.
    decoy: String,
}

/// One of the places. While it is held, its guess is the only one that can have been missed by the throttle.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
    decoy: String,
}

impl Passwords {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let decoy = hash(&rand::random::<[u8; 32]>()).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
        Ok(Self { places: Arc::new(Semaphore::new(AT_ONCE)), decoy })
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` when too many wait.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let busy = || Problem::from(Refusal::new(Code::RateLimited).with(json!({"retry_after": 1})));
        let place = tokio::time::timeout(WAIT, self.places.clone().acquire_owned()).await.map_err(|_| busy())?;
        Ok(Turn { _place: place.map_err(|_| busy())?, decoy: self.decoy.clone() })
    }
}

impl Turn {
    /// Hash to be stored for a password.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the system has no randomness or memory.
    pub(crate) async fn hash(self, password: Secret) -> Result<String> {
        let hashed = spawn_blocking(move || (hash(password.0.as_bytes()), self)).await;
        let (hash, _turn) = hashed.map_err(|_| Problem::from(Code::Internal))?;
        hash.map_err(|_| Code::Internal.into())
    }

    /// Whether `password` is the one behind `stored`. Without a stored hash it is not, after the same time. The
    /// place comes back, so that a failure is counted before the next guess.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the task dies.
    pub(crate) async fn verify(self, stored: Option<String>, password: Secret) -> Result<(bool, Self)> {
        let compared = spawn_blocking(move || {
            let known = stored.is_some();
            let right = PasswordHash::new(stored.as_deref().unwrap_or(&self.decoy))
                .is_ok_and(|hash| Argon2::default().verify_password(password.0.as_bytes(), &hash).is_ok());
            (right && known, self)
        });
        compared.await.map_err(|_| Code::Internal.into())
    }
}

fn hash(password: &[u8]) -> argon2::password_hash::Result<String> {
    let hash: PasswordHash = Argon2::default().hash_password(password)?;
    Ok(hash.to_string())
}
