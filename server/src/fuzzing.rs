//! Doors to our readers of foreign input for the targets in `fuzz/`. Only there with `--cfg fuzzing`.

use serde_json::Value;
use std::sync::LazyLock;
use url::Url;

use crate::auth::Tokens;
use crate::body;
use crate::cursor::Cursors;
use crate::session_secret::SessionSecret;

/// The key is not the point: it is in no installation.
const KEY: &[u8] = b"the key of the fuzz targets, thirty-two bytes and more";
const LIST: &str = "/api/v1/vms";

static TOKENS: LazyLock<Option<Tokens>> =
    LazyLock::new(|| Some(Tokens::new(KEY, Url::parse("https://shepherd.example").ok()?)));

/// Whether a text counts as an access token of ours.
pub fn is_access_token(text: &str) -> bool {
    TOKENS.as_ref().is_some_and(|tokens| tokens.verify(text).is_some())
}

/// A token with these claims under our own key.
pub fn signed(claims: &Value) -> String {
    TOKENS.as_ref().and_then(|tokens| tokens.sign(claims)).unwrap_or_default()
}

/// Whether a text counts as a secret of a session of ours.
pub fn is_session_secret(text: &str) -> bool {
    SessionSecret::parse(text, KEY).is_some()
}

/// Whether a text counts as a cursor of ours for a list with that query.
pub fn is_cursor(query: &str, text: &str) -> bool {
    Cursors::of(KEY, LIST, query).is_some_and(|cursors| cursors.read(Some(text)).is_ok())
}

/// Whether a place comes back from the cursor that is made of it.
pub fn cursor_reads_back(query: &str, place: &str) -> bool {
    let Some(cursors) = Cursors::of(KEY, LIST, query) else { return false };
    cursors.read(Some(&cursors.write(place))) == Ok(Some(place.to_owned()))
}

/// The body of a request, if it is one.
pub fn body(bytes: &[u8]) -> Option<Value> {
    body::read::<Value>(bytes).ok().map(|body| body.value)
}
