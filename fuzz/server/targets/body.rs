//! Bodies of requests.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_server::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    // Whatever we take, everybody else reads the same.
    if let Some(value) = fuzzing::body(bytes) {
        assert_eq!(serde_json::from_slice::<serde_json::Value>(bytes).ok().as_ref(), Some(&value));
        assert!(!value.to_string().contains("\\u0000"));
    }
});
