//! Access tokens and session secrets of strangers, and of ourselves with claims that we would never make.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shepherd_server::fuzzing;

fuzz_target!(|text: &str| {
    assert!(!fuzzing::is_access_token(text), "a token that we did not sign: {text}");
    assert!(!fuzzing::is_session_secret(text), "a secret that we did not make: {text}");
    let Ok(claims) = serde_json::from_str::<Value>(text) else { return };
    if fuzzing::is_access_token(&fuzzing::signed(&claims)) {
        assert_eq!(claims["iss"], "shepherd");
        assert!(claims["exp"].as_f64().is_some_and(|at| at > 1_700_000_000.0), "{claims}");
        for id in ["sid", "tid"] {
            assert!(claims[id].as_str().is_some_and(|id| id.len() >= 32), "{claims}");
        }
    }
});
