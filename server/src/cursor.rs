//! Cursors as clients see them: good for the list that they came from, asked for in the same way, and for nothing
//! else. A place in one list means nothing in another.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::{Ready, ready};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use shepherd_domain::{Code, Refusal};
use url::form_urlencoded;

use crate::auth::Tokens;
use crate::error::Problem;

/// Bytes of the code in front of the place.
const CODE: usize = 16;
/// Parameters that say how much of the list is wanted, not which list.
const HOW_MUCH: [&str; 2] = ["cursor", "per_page"];

/// Cursors of the list that is asked for.
pub(crate) struct Cursors {
    /// Has seen the installation's secret, the path and the filters.
    list: Hmac<Sha256>,
}

impl FromRequest for Cursors {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let tokens = request.app_data::<web::Data<Tokens>>().ok_or_else(|| Problem::from(Code::Internal));
        ready(tokens.and_then(|tokens| {
            Self::of(tokens.secret(), request.path(), request.query_string()).ok_or_else(|| Code::Internal.into())
        }))
    }
}

impl Cursors {
    /// Any length of key will do, so there always are some.
    pub(crate) fn of(key: &[u8], path: &str, query: &str) -> Option<Self> {
        let mut filters: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        filters.retain(|(name, _)| !HOW_MUCH.contains(&name.as_str()));
        filters.sort();
        let mut list = Hmac::<Sha256>::new_from_slice(key).ok()?;
        list.update(json!(["cursor", path, filters]).to_string().as_bytes());
        Some(Self { list })
    }

    /// The place behind the text of an earlier answer.
    ///
    /// # Errors
    /// `INVALID_QUERY` for anything else.
    pub(crate) fn read(&self, text: Option<&str>) -> Result<Option<String>, Refusal> {
        let Some(text) = text else { return Ok(None) };
        let place = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (code, place) = bytes.split_at_checked(CODE)?;
            self.list.clone().chain_update(place).verify_truncated_left(code).ok()?;
            String::from_utf8(place.to_vec()).ok()
        };
        let refuse = || Refusal::new(Code::InvalidQuery).with(json!({"parameter": "cursor", "rule": "other_list"}));
        place().map(Some).ok_or_else(refuse)
    }

    /// Text for the next call.
    pub(crate) fn write(&self, place: &str) -> String {
        let code = self.list.clone().chain_update(place).finalize().into_bytes();
        let bytes: Vec<u8> = code.into_iter().take(CODE).chain(place.bytes()).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(path: &str, query: &str, text: &str) -> Option<String> {
        Cursors::of(b"key", path, query)?.read(Some(text)).ok()?
    }

    #[test]
    fn a_cursor_is_good_for_its_own_list_only() {
        let text = Cursors::of(b"key", "/vms", "state=RUNNING&per_page=2&x=y").map(|cursors| cursors.write("place"));
        let text = text.unwrap_or_default();
        for query in ["state=RUNNING&x=y", "x=y&state=RUNNING&per_page=7&cursor=z"] {
            assert_eq!(read("/vms", query, &text).as_deref(), Some("place"), "{query}");
        }
        for (path, query) in [("/tickets", "state=RUNNING&x=y"), ("/vms", "state=STOPPED&x=y"), ("/vms", "")] {
            assert_eq!(read(path, query, &text), None, "{path}?{query}");
        }
        let of_another_installation = Cursors::of(b"other", "/vms", "").map(|cursors| cursors.write("place"));
        assert_eq!(read("/vms", "", &of_another_installation.unwrap_or_default()), None);
    }

    proptest! {
        #[test]
        fn any_place_reads_back_in_its_own_list(place in any::<String>(), path in "/[a-z]{1,8}", query in any::<String>()) {
            let cursors = Cursors::of(b"key", &path, &query).expect("any key will do");
            let text = cursors.write(&place);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{}", text);
            prop_assert_eq!(cursors.read(Some(&text)), Ok(Some(place)));
        }

        #[test]
        fn nothing_that_we_did_not_write_is_read(text in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,90}"]) {
            prop_assert_eq!(read("/vms", "", &text), None);
        }
    }

    #[test]
    fn no_bit_of_it_may_change() {
        let text = Cursors::of(b"key", "/vms", "").map(|cursors| cursors.write("place")).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap_or_default();
        assert!(bytes.len() > CODE);
        for i in 0..bytes.len() {
            let mut other = bytes.clone();
            other[i] ^= 1;
            assert_eq!(read("/vms", "", &URL_SAFE_NO_PAD.encode(other)), None);
        }
        for text in ["", "x", "AAAA", &text[1..], &format!("{text}A")] {
            assert_eq!(read("/vms", "", text), None, "{text}");
        }
    }
}
