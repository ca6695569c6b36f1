//! What comes back from Temporal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prost::Message as _;
use shepherd_store::seal::Key;
use std::sync::LazyLock;
use temporalio_common::protos::temporal::api::common::v1::Payload;

// The file alone: the rest of the worker has Temporal's core and kube below it, which would be compiled with counters.
#[expect(dead_code, reason = "converters need a client")]
#[path = "../../../worker/src/codec.rs"]
mod codec;

use codec::Codec;

/// The key is not the point: 32 bytes of nothing.
static CODEC: LazyLock<Codec> =
    LazyLock::new(|| Codec::new(Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("a key")));

fuzz_target!(|bytes: &[u8]| {
    let Ok(payload) = Payload::decode(bytes) else { return };
    let sealed = payload.metadata.get("encoding").map(Vec::as_slice) == Some(b"binary/encrypted");
    match CODEC.open(payload.clone()) {
        Ok(opened) => assert!(!sealed && opened == payload, "something that we did not seal opened"),
        Err(_) => assert!(sealed),
    }
    let made = CODEC.seal(&payload).expect("sealing");
    assert_eq!(CODEC.open(made).expect("opening"), payload);
});
