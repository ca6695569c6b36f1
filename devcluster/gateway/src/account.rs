//! Who calls, for the journal only: the API server decides what a token is worth.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// The token's subject, unverified; none for a token that is no JWT.
pub fn account(headers: &HeaderMap) -> Option<String> {
    let Some(authorization) = headers.get(AUTHORIZATION) else {
        return Some("system:anonymous".to_owned());
    };
    let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(token.trim().split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    Some(claims.sub)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn told(authorization: &'static str) -> Option<String> {
        let value = HeaderValue::from_static(authorization);
        account(&HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }

    #[test]
    fn account_is_the_subject_of_the_token() {
        // {"sub":"system:serviceaccount:shepherd:worker"}
        let token = "Bearer e30.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6c2hlcGhlcmQ6d29ya2VyIn0.x";
        let worker = "system:serviceaccount:shepherd:worker";
        assert_eq!(told(token).as_deref(), Some(worker));
        assert_eq!(told("Bearer opaque"), None);
        assert_eq!(told("Basic eA=="), None);
        let nobody = account(&HeaderMap::new());
        assert_eq!(nobody.as_deref(), Some("system:anonymous"));
    }
}
