//! What a template runs in the guest.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_domain::template::{MAX_CLOUD_INIT, check_cloud_init};

fuzz_target!(|text: &str| {
    match check_cloud_init(text) {
        Ok(()) => assert!(text.starts_with("#cloud-config") && text.len() <= MAX_CLOUD_INIT && !text.contains('\0')),
        // Told by its place, without a word of the document.
        Err(refusal) => {
            let place = refusal.params["detail"].as_str().unwrap_or_default();
            assert!(place.bytes().all(|byte| byte == b':' || byte.is_ascii_digit()), "{place}");
        }
    }
});
