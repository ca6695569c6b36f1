//! Secrets at rest: AES-256-GCM under a key with an id, bound to what it belongs to.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest as _, Sha256};
use shepherd_domain::ids::ClusterId;
use std::sync::Arc;

use crate::error::{Error, Result};

const NONCE: usize = 12;

/// Key for sealing, with the id that is kept beside everything sealed under it.
#[derive(Clone)]
pub struct Key {
    id: String,
    bytes: Arc<SecretBox<[u8; 32]>>,
}

impl Key {
    /// Reads a key of 32 bytes in base64. Its id is derived from it, so that two keys never share one.
    ///
    /// # Errors
    /// `Stored` when the text is no base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self> {
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| Error::Stored("key is not 32 bytes of base64".to_owned()))?;
        let fingerprint = Sha256::new().chain_update(b"shepherd key id").chain_update(bytes).finalize();
        let id = fingerprint.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id, bytes: Arc::new(SecretBox::new(Box::new(bytes))) })
    }

    /// A fresh key, in the form that [`parse`](Self::parse) reads.
    pub fn generate() -> String {
        STANDARD.encode(rand::random::<[u8; 32]>())
    }

    /// The key itself, for signing.
    pub fn expose(&self) -> &[u8] {
        self.bytes.expose_secret()
    }

    /// Id to keep beside what is sealed.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals `plain`; it opens only with the same `context`.
    ///
    /// # Errors
    /// `Stored` when the cipher refuses, which it does not for inputs under 64 GiB.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = rand::random::<[u8; NONCE]>();
        let payload = Payload { msg: plain, aad: context };
        let sealed = self.cipher()?.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::Stored("value cannot be sealed".to_owned()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// `Stored` when key, context or bytes differ.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let refuse = || Error::Stored("sealed value does not open".to_owned());
        let (nonce, rest) = sealed.split_at_checked(NONCE).ok_or_else(refuse)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| refuse())?;
        let payload = Payload { msg: rest, aad: context };
        self.cipher()?.decrypt(&Nonce::from(nonce), payload).map_err(|_| refuse())
    }

    fn cipher(&self) -> Result<Aes256Gcm> {
        Aes256Gcm::new_from_slice(self.bytes.expose_secret()).map_err(|_| Error::Stored("key length".to_owned()))
    }
}

/// What the credential of a cluster is bound to: the cluster and the key. A sealed credential that is moved to
/// another row does not open.
pub fn cluster_context(id: ClusterId, key_id: &str) -> Vec<u8> {
    format!("cluster:{id}:{key_id}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_context_only() {
        let key = Key::parse(&Key::generate()).ok();
        let other = Key::parse(&Key::generate()).ok();
        let (Some(key), Some(other)) = (key, other) else { panic!("keys") };
        let sealed = key.seal(b"cluster a", b"secret").unwrap_or_default();
        assert_eq!(key.open(b"cluster a", &sealed).ok().as_deref(), Some(&b"secret"[..]));
        assert!(key.open(b"cluster b", &sealed).is_err());
        assert!(other.open(b"cluster a", &sealed).is_err());
        let mut broken = sealed;
        if let Some(last) = broken.last_mut() {
            *last ^= 1;
        }
        assert!(key.open(b"cluster a", &broken).is_err());
        assert!(key.open(b"cluster a", b"short").is_err());
    }

    /// Ids and contexts are in the database beside what was sealed: another form opens none of it.
    #[test]
    fn ids_and_contexts_keep_their_form() {
        let text = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let Ok(key) = Key::parse(text) else { panic!("key") };
        assert_eq!(key.expose(), [0; 32]);
        // The first 12 digits of `(printf 'shepherd key id'; head -c 32 /dev/zero) | sha256sum`.
        assert_eq!(key.id(), "173e3b0a8e72");
        let cluster = ClusterId(uuid::Uuid::from_u128(7));
        let context = b"cluster:00000000-0000-0000-0000-000000000007:k";
        assert_eq!(cluster_context(cluster, "k"), context);
        for wrong in ["", "AAAA", &text[1..], &format!("{text}{text}"), "not base64"] {
            assert!(Key::parse(wrong).is_err(), "{wrong}");
        }
    }
}
