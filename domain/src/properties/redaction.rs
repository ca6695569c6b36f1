//! Secrets planted anywhere in what is written to the audit log.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::json as any_json;
use crate::redact::{MASK, redact};

/// What no output may hold; no strategy makes it by chance.
const PLANTED: &str = "s3cr3t-9b1f6c2e";

/// Names under which secrets stand, as clients of all sorts spell them.
fn secret_name() -> impl Strategy<Value = String> {
    let words = [
        "password",
        "Password",
        "PASSWORD",
        "new_password",
        "secret",
        "clientSecret",
        "client-secret",
        "token",
        "access_token",
        "accessToken",
        "X-Token",
        "credential",
        "credentials",
        "kubeconfig",
        "kube_config",
        "private_key",
        "privateKey",
        "private-key",
        "apiKey",
        "api_key",
        "API-KEY",
        "Authorization",
        "cookie",
        "Set-Cookie",
        "p_a_s_s_w_o_r_d",
    ];
    ("[a-z_-]{0,4}", select(words.to_vec()), "[a-z0-9_-]{0,4}").prop_map(|(a, word, b)| format!("{a}{word}{b}"))
}

/// The secret itself, and in every wrapping that JSON knows.
fn secret() -> impl Strategy<Value = Value> {
    select(vec![
        json!(PLANTED),
        json!([PLANTED]),
        json!({"data": PLANTED}),
        json!({"a": [{"b": format!("Bearer {PLANTED}")}]}),
        json!({(PLANTED): 1}),
        json!([[], {}, [null, {"x": PLANTED}]]),
    ])
}

/// Puts a member into some object of `value`, or around it when there is none.
fn plant(value: Value, at: Index, name: &str, secret: &Value) -> Value {
    let mut value = if count(&value) == 0 { json!({"around": value}) } else { value };
    let mut left = at.index(count(&value));
    insert(&mut value, &mut left, name, secret);
    value
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fn insert(value: &mut Value, left: &mut usize, name: &str, secret: &Value) -> bool {
    match value {
        Value::Object(members) => {
            if *left == 0 {
                members.insert(name.to_owned(), secret.clone());
                return true;
            }
            *left -= 1;
            members.values_mut().any(|value| insert(value, left, name, secret))
        }
        Value::Array(items) => items.iter_mut().any(|value| insert(value, left, name, secret)),
        _ => false,
    }
}

/// Whether `redacted` is `value` but for masks: the same members, the same lengths, the same rest.
fn same_shape(value: &Value, redacted: &Value) -> bool {
    match (value, redacted) {
        (_, Value::String(text)) if text == MASK => true,
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same_shape(value, b)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_shape(a, b)),
        (a, b) => a == b,
    }
}

proptest! {
    #[test]
    fn no_planted_secret_survives_at_any_depth(
        value in any_json(), at in any::<Index>(), name in secret_name(), secret in secret(),
    ) {
        let planted = plant(value, at, &name, &secret);
        prop_assert!(planted.to_string().contains(PLANTED));
        let redacted = redact(&planted);
        prop_assert!(!redacted.to_string().contains(PLANTED), "{} in {}", name, redacted);
        prop_assert!(same_shape(&planted, &redacted), "{} became {}", planted, redacted);
        prop_assert_eq!(redact(&redacted), redacted);
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_is(text in "[a-z]{0,8}", flag in any::<bool>(), number in any::<i64>()) {
        let value = json!({
            "name": text, "n": [number, {"reason": text}], "must_change_password": flag, "token": null,
        });
        prop_assert_eq!(redact(&value), value);
    }
}
