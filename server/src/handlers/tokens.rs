//! Signing in.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use shepherd_api::auth::{Refresh, SignIn, SignedIn, Tokens as TokensBody};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::secret::Secret;
use shepherd_domain::Code;
use shepherd_domain::ids::SessionId;
use shepherd_store::sign_in::SessionKind;
use shepherd_store::{Ctx, Source};

use crate::app::App;
use crate::auth::{ACCESS_SECONDS, Anonymous, Tokens};
use crate::body::Body;
use crate::error::{Problem, Result};
use crate::session_secret::SessionSecret;
use crate::sign_in::{principal, sign_in};

/// Sign a program in
#[utoipa::path(post, path = "/api/v1/auth/token", tag = "auth", security(()), request_body = SignIn,
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = TokensBody), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn token_create(
    app: web::Data<App>,
    tokens: web::Data<Tokens>,
    ctx: Anonymous,
    body: Body<SignIn>,
) -> Result<HttpResponse> {
    let opened = sign_in(&app, &tokens, ctx.0, body.value, SessionKind::Api).await?;
    pair(&tokens, &opened.ctx, opened.session, opened.text, opened.must_change_password)
}

/// Exchange a refresh token
///
/// A token is good once; when it comes again, the session ends.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", security(()), request_body = Refresh,
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = TokensBody), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn token_refresh(
    app: web::Data<App>,
    tokens: web::Data<Tokens>,
    ctx: Anonymous,
    body: Body<Refresh>,
) -> Result<HttpResponse> {
    let given = SessionSecret::parse(&body.value.refresh_token.0, tokens.secret());
    let given = given.ok_or_else(|| Problem::from(Code::Unauthenticated))?;
    let ctx = Ctx { tenant: given.tenant, ..ctx.0 };
    let (text, fresh) = SessionSecret::generate(given.tenant, given.session, tokens.secret());
    let must_change = app.store.session_refresh(&ctx, given.session, given.hash, fresh.hash).await?;
    pair(&tokens, &ctx, given.session, text, must_change)
}

/// Sign a person in to the console
///
/// The session is in the cookie.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", security(()), request_body = SignIn,
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = SignedIn), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn session_create(
    app: web::Data<App>,
    tokens: web::Data<Tokens>,
    request: HttpRequest,
    ctx: Anonymous,
    body: Body<SignIn>,
) -> Result<HttpResponse> {
    tokens.refuse_foreign(request.headers())?;
    let ctx = Ctx { source: Source::Ui, ..ctx.0 };
    let kind = SessionKind::Console;
    let opened = sign_in(&app, &tokens, ctx, body.value, kind).await?;
    let cookie = tokens.cookie(&opened.text, kind.life().as_secs());
    let answer = SignedIn { principal: principal(opened.person), must_change_password: opened.must_change_password };
    Ok(HttpResponse::Ok().insert_header((SET_COOKIE, cookie)).json(answer))
}

fn pair(tokens: &Tokens, ctx: &Ctx, session: SessionId, refresh: String, must_change: bool) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(TokensBody {
        access_token: Secret(tokens.access(ctx.tenant, session)?),
        refresh_token: Secret(refresh),
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_SECONDS,
        must_change_password: must_change,
    }))
}
