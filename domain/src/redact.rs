//! Redaction of what is written to the audit log.

use serde_json::Value;

/// What stands in place of a secret.
pub const MASK: &str = "[REDACTED]";

const SECRET_WORDS: [&str; 9] =
    ["password", "secret", "token", "credential", "kubeconfig", "private_key", "api_key", "authorization", "cookie"];

/// Copy of `value` in which every member with a secret's name is masked, at any depth.
///
/// Names are compared without regard to case, hyphens and underscores.
pub fn redact(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), member(name, value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(redact).collect()),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value) -> Value {
    match value {
        // Flags about secrets ("must_change_password": true) are no secrets.
        Value::Bool(_) | Value::Null => value.clone(),
        _ if is_secret(name) => Value::String(MASK.to_owned()),
        _ => redact(value),
    }
}

fn is_secret(name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let name = plain(name);
    SECRET_WORDS.iter().any(|word| name.contains(&plain(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_at_any_depth_and_the_rest_is_kept() {
        let value = json!({
            "name": "a", "must_change_password": true,
            "after": [{"Client-Secret": "x", "nested": {"apiKey": "y", "kubeconfig": {"a": 1}}}],
        });
        let expected = json!({
            "name": "a", "must_change_password": true,
            "after": [{"Client-Secret": MASK, "nested": {"apiKey": MASK, "kubeconfig": MASK}}],
        });
        assert_eq!(redact(&value), expected);
    }
}
