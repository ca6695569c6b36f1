//! Secrets of sessions: the console's cookie, and refresh tokens.
//!
//! `<tenant>.<session>.<random and its code>`. The code tells a secret that was ours from one that was made up by
//! somebody who knows a session's id, which is no secret. Only the former says something about the session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use shepherd_domain::ids::{SessionId, TenantId};

/// Bytes of chance, and of the code behind them.
const HALF: usize = 16;

/// A secret that names its tenant and session in clear.
pub(crate) struct SessionSecret {
    pub(crate) tenant: TenantId,
    pub(crate) session: SessionId,
    /// What is kept of it.
    pub(crate) hash: [u8; 32],
}

impl SessionSecret {
    /// A fresh secret and its text for the client; `key` is the installation's.
    pub(crate) fn generate(tenant: TenantId, session: SessionId, key: &[u8]) -> (String, Self) {
        let chance = rand::random::<[u8; HALF]>();
        let mut bytes = chance.to_vec();
        if let Some(code) = code(tenant, session, &chance, key) {
            bytes.extend(code.finalize().into_bytes().iter().take(HALF));
        }
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        let hash = Sha256::digest(secret.as_bytes()).into();
        (format!("{tenant}.{session}.{secret}"), Self { tenant, session, hash })
    }

    /// Reads the text that a client sent; none unless we made it.
    pub(crate) fn parse(text: &str, key: &[u8]) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let tenant = TenantId(parts.next()?.parse().ok()?);
        let session = SessionId(parts.next()?.parse().ok()?);
        let secret = parts.next()?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok().filter(|bytes| bytes.len() == 2 * HALF)?;
        let (chance, given) = bytes.split_at(HALF);
        code(tenant, session, chance, key)?.verify_truncated_left(given).ok()?;
        Some(Self { tenant, session, hash: Sha256::digest(secret.as_bytes()).into() })
    }
}

/// Any length of key will do, so there always is one.
fn code(tenant: TenantId, session: SessionId, chance: &[u8], key: &[u8]) -> Option<Hmac<Sha256>> {
    let code = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(code.chain_update(tenant.0.as_bytes()).chain_update(session.0.as_bytes()).chain_update(chance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_what_was_made_with_the_key_is_read() {
        let (tenant, session) = (TenantId(Uuid::now_v7()), SessionId(Uuid::now_v7()));
        let (text, made) = SessionSecret::generate(tenant, session, b"key");
        assert_eq!(SessionSecret::parse(&text, b"key").map(|read| read.hash), Some(made.hash));
        assert!(SessionSecret::parse(&text, b"another").is_none());
        let of_another = text.replace(&session.to_string(), &Uuid::now_v7().to_string());
        assert!(SessionSecret::parse(&of_another, b"key").is_none());
        assert!(SessionSecret::parse(&format!("{tenant}.{session}.{}", "A".repeat(43)), b"key").is_none());
    }
}
