//! Canonical JSON (RFC 8785) and the digests made over it.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt;

use crate::ids::ClusterId;

/// Digest of an effective spec: `sha256:` and 64 hex digits. What an approver saw is what is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SpecDigest(String);

impl SpecDigest {
    /// Digest over `{"cluster_id", "namespace", "vm"}`, where `vm` is the rendered manifest.
    pub fn of(cluster: ClusterId, namespace: &str, manifest: &Value) -> Self {
        let document = json!({"cluster_id": cluster, "namespace": namespace, "vm": manifest});
        Self(format!("sha256:{}", hex::encode(sha256(&document))))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpecDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 over the canonical form of `value`.
pub fn sha256(value: &Value) -> [u8; 32] {
    Sha256::digest(canonical(value)).into()
}

/// SHA-256 of a text, as `sha256:` and 64 hex digits.
pub fn of_text(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// RFC 8785 form of `value`, as UTF-8.
pub fn canonical(value: &Value) -> Vec<u8> {
    // `Value` holds no non-finite number and no key that is not a string, the only two causes of failure.
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter_and_every_value_does() {
        let cluster = ClusterId(uuid::Uuid::nil());
        let a = SpecDigest::of(cluster, "team", &json!({"a": 1, "b": [1, 2]}));
        assert_eq!(a, SpecDigest::of(cluster, "team", &json!({"b": [1, 2], "a": 1})));
        assert_ne!(a, SpecDigest::of(cluster, "team", &json!({"b": [2, 1], "a": 1})));
        assert_ne!(a, SpecDigest::of(cluster, "other", &json!({"a": 1, "b": [1, 2]})));
    }

    /// Digests are in the database and in audit exports: the form may not change.
    #[test]
    fn digests_keep_their_form() {
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_text("abc"), abc);
        // `printf '"abc"' | sha256sum`
        let quoted = "6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25";
        assert_eq!(hex::encode(sha256(&json!("abc"))), quoted);
        let cluster = ClusterId(uuid::Uuid::nil());
        let digest = SpecDigest::of(cluster, "team", &json!({"a": 1}));
        let document = format!(r#"{{"cluster_id":"{cluster}","namespace":"team","vm":{{"a":1}}}}"#);
        assert_eq!(digest.as_str(), of_text(&document));
        assert_eq!(digest.to_string(), digest.as_str());
    }

    #[test]
    fn numbers_and_strings_take_the_form_of_rfc_8785() {
        let text = String::from_utf8(canonical(&json!({"b": 1.0, "a": "\u{20ac}\u{1}"}))).unwrap_or_default();
        assert_eq!(text, "{\"a\":\"\u{20ac}\\u0001\",\"b\":1}");
    }
}
