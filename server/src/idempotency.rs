//! `Idempotency-Key`: the same key and request, the same answer.

use actix_web::{HttpRequest, web};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use shepherd_domain::{Code, Refusal, digest};
use shepherd_store::{Error as StoreError, IdempotencyKey};
use uuid::Uuid;

use crate::auth::Tokens;
use crate::error::Problem;

const HEADER: &str = "idempotency-key";

/// A client's key, before the body is known.
pub(crate) struct Key {
    route: String,
    key: String,
    /// Keyed with the installation's secret, because a body may hold a password. Has seen the path.
    mac: Hmac<Sha256>,
}

impl Key {
    /// The key that the request carries, if it does.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` for a key that is empty, too long or not plain ASCII.
    pub(crate) fn of(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
        let refuse = || Refusal::invalid("Idempotency-Key", "HEADER", json!({"minimum": 1, "maximum": 255}));
        let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len())).ok_or_else(refuse)?;
        let tokens = request.app_data::<web::Data<Tokens>>().ok_or(Code::Internal)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(tokens.secret()).map_err(|_| Problem::from(Code::Internal))?;
        mac.update(request.path().as_bytes());
        let route = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
        Ok(Some(Self { route, key: key.to_owned(), mac }))
    }

    /// The key, bound to what it was sent with.
    pub(crate) fn bind(&self, body: &Value) -> IdempotencyKey {
        let mac = self.mac.clone().chain_update(digest::sha256(body));
        let (route, key) = (self.route.clone(), self.key.clone());
        IdempotencyKey { route, key, request_hash: mac.finalize().into_bytes().into() }
    }
}

/// What this request made, or an earlier one with the same key.
///
/// # Errors
/// Those of either.
pub(crate) async fn or_earlier<T>(
    made: Result<T, StoreError>,
    earlier: impl AsyncFnOnce(Uuid) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    match made {
        Err(StoreError::Replayed(id)) => earlier(id).await,
        made => made,
    }
}
