//! Who is calling: a session cookie of the console, or an access token of the API.
//!
//! Only the token's form and signature are checked here. Whether the session is alive, and what its person may
//! do, is asked in the store together with the first statement of each call, so revocation holds at once.

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderMap, ORIGIN, USER_AGENT};
use actix_web::http::{Method, header::HeaderName};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use chrono::Utc;
use futures_util::future::{Ready, ready};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shepherd_domain::Code;
use shepherd_domain::ids::{DEFAULT_TENANT, RequestId, SessionId, TenantId};
use shepherd_store::{Caller, Ctx, Source};
use url::Url;
use uuid::Uuid;

use crate::error::Problem;
use crate::idempotency::Key;
use crate::request_id::RequestIdExtension;
use crate::session_secret::SessionSecret;

/// Life of an access token in seconds.
pub(crate) const ACCESS_SECONDS: i64 = 15 * 60;
const ISSUER: &str = "shepherd";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Keys and origins that callers are checked against.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: Box<[u8]>,
    public: Url,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// Session.
    sid: Uuid,
    /// Tenant.
    tid: Uuid,
    iat: i64,
    exp: i64,
}

impl Tokens {
    pub(crate) fn new(secret: &[u8], public: Url) -> Self {
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { encoding, decoding, secret: secret.into(), public }
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// Signs an access token for a session.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when signing fails, which it does not.
    pub(crate) fn access(&self, tenant: TenantId, session: SessionId) -> Result<String, Problem> {
        let now = Utc::now().timestamp();
        let claims =
            Claims { iss: ISSUER.to_owned(), sid: session.0, tid: tenant.0, iat: now, exp: now + ACCESS_SECONDS };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|_| Code::Internal.into())
    }

    pub(crate) fn verify(&self, token: &str) -> Option<(TenantId, SessionId)> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        let claims = decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        Some((TenantId(claims.tid), SessionId(claims.sid)))
    }

    /// Signs any claims, so that fuzzing comes past the signature.
    #[cfg(fuzzing)]
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding).ok()
    }

    /// Name of the console's cookie; the prefix binds it to the origin, which plain loopback HTTP cannot have.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-shepherd" } else { "shepherd" }
    }

    /// Header that hands the console its session for that many seconds; zero takes it back.
    pub(crate) fn cookie(&self, text: &str, seconds: u64) -> String {
        let secure = if self.secure() { "; Secure" } else { "" };
        format!("{}={text}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", self.cookie_name())
    }

    /// Whether people reach us over TLS.
    pub(crate) fn secure(&self) -> bool {
        self.public.scheme() == "https"
    }

    /// A mutation with a cookie must come from our own pages.
    fn same_origin(&self, headers: &HeaderMap) -> bool {
        let word = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        match (word(&FETCH_SITE), word(&ORIGIN)) {
            (Some(site), _) if site != "same-origin" => false,
            (_, Some(origin)) => origin == self.public.origin().ascii_serialization(),
            (site, None) => site == Some("same-origin"),
        }
    }

    /// A sign-in may come from no browser at all, but not from a foreign page.
    ///
    /// # Errors
    /// `CROSS_SITE_REQUEST`.
    pub(crate) fn refuse_foreign(&self, headers: &HeaderMap) -> Result<(), Code> {
        let plain = headers.get(&FETCH_SITE).is_none() && headers.get(ORIGIN).is_none();
        if plain || self.same_origin(headers) { Ok(()) } else { Err(Code::CrossSiteRequest) }
    }
}

/// Context of a caller whose session nobody has asked the database for yet, kept in the request's extensions.
pub(crate) struct Unasked(pub(crate) Ctx);

/// Context of a signed-in caller, and the key of a request that creates or decides.
pub(crate) struct SignedIn(pub(crate) Ctx, Option<Key>);

/// Context of a signed-in caller who may still have to change their password.
pub(crate) struct BeforePasswordChange(pub(crate) Ctx);

/// Context of a caller who is nobody yet.
pub(crate) struct Anonymous(pub(crate) Ctx);

impl SignedIn {
    /// The context, bound to the client's idempotency key for this body, if it sent one.
    pub(crate) fn once(&self, body: &Value) -> Ctx {
        Ctx { idempotency: self.1.as_ref().map(|key| key.bind(body)), ..self.0.clone() }
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ctx = session(request).inspect(|ctx| unasked(request, ctx));
        ready(ctx.and_then(|ctx| Ok(Self(ctx, Key::of(request)?))))
    }
}

impl FromRequest for BeforePasswordChange {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ctx = session(request).map(|ctx| Ctx { before_password_change: true, ..ctx });
        ready(ctx.inspect(|ctx| unasked(request, ctx)).map(Self))
    }
}

impl FromRequest for Anonymous {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(ctx(request, DEFAULT_TENANT, Caller::Anonymous, Source::Api))))
    }
}

fn unasked(request: &HttpRequest, ctx: &Ctx) {
    request.extensions_mut().insert(Unasked(ctx.clone()));
}

fn session(request: &HttpRequest) -> Result<Ctx, Problem> {
    let tokens = request.app_data::<web::Data<Tokens>>().ok_or_else(|| Problem::from(Code::Internal))?;
    let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(header) = bearer {
        let (scheme, token) = header.split_once(' ').ok_or_else(|| Problem::from(Code::Unauthenticated))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Code::Unauthenticated.into());
        }
        let (tenant, id) = tokens.verify(token.trim()).ok_or_else(|| Problem::from(Code::Unauthenticated))?;
        return Ok(ctx(request, tenant, Caller::Session { id, proof: None }, Source::Api));
    }
    let secret = cookie(request, tokens.cookie_name()).and_then(|text| SessionSecret::parse(&text, tokens.secret()));
    let secret = secret.ok_or_else(|| Problem::from(Code::Unauthenticated))?;
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reading && !tokens.same_origin(request.headers()) {
        return Err(Code::CrossSiteRequest.into());
    }
    let caller = Caller::Session { id: secret.session, proof: Some(secret.hash.to_vec()) };
    Ok(ctx(request, secret.tenant, caller, Source::Ui))
}

/// Value of a cookie. A name that comes twice is somebody else's doing and counts as absent.
pub(crate) fn cookie(request: &HttpRequest, name: &str) -> Option<String> {
    let headers = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut found = headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned());
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn ctx(request: &HttpRequest, tenant: TenantId, caller: Caller, source: Source) -> Ctx {
    let id = request.extensions().get::<RequestIdExtension>().map_or_else(Uuid::now_v7, |id| id.0);
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Ctx {
        tenant,
        caller,
        request_id: RequestId(id),
        source,
        ip: request.peer_addr().map(|address| address.ip().to_string()),
        user_agent: agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(256).collect()),
        before_password_change: false,
        idempotency: None,
    }
}
