//! What comes back from Temporal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prost::Message as _;
use shepherd_store::seal::Key;
use shepherd_worker::codec::Codec;
use temporalio_common::protos::temporal::api::common::v1::Payload;

fuzz_target!(|bytes: &[u8]| {
    // The key is not the point: 32 bytes of nothing.
    let key = Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("a key");
    let codec = Codec::new(key);
    let Ok(payload) = Payload::decode(bytes) else { return };
    let sealed = payload.metadata.get("encoding").map(Vec::as_slice) == Some(b"binary/encrypted");
    match codec.open(payload.clone()) {
        Ok(opened) => assert!(!sealed && opened == payload, "something that we did not seal opened"),
        Err(_) => assert!(sealed),
    }
    let made = codec.seal(&payload).expect("sealing");
    assert_eq!(codec.open(made).expect("opening"), payload);
});
