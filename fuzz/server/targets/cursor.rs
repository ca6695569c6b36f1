//! Places in lists, as clients send them back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_server::fuzzing;

fuzz_target!(|input: (&str, &str)| {
    let (query, text) = input;
    assert!(!fuzzing::is_cursor(query, text), "a cursor that we did not write: {text}");
    assert!(fuzzing::cursor_reads_back(query, text));
});
