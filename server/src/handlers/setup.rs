//! First-run set-up.

use actix_web::{HttpResponse, web};
use shepherd_api::auth::Principal;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::setup::{SetupComplete, SetupState};
use shepherd_domain::Code;
use shepherd_store::setup::setup_token_hash;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::auth::Anonymous;
use crate::body::Body;
use crate::error::Result;
use crate::handlers::users::new_person;
use crate::sign_in::principal;
use crate::throttle::address_keys;

/// Ask whether set-up is open
#[utoipa::path(get, path = "/api/v1/setup", tag = "setup", security(()), extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = SetupState), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn setup_view(app: web::Data<App>, ctx: Anonymous) -> Result<HttpResponse> {
    let state = app.store.setup_state(&ctx.0).await?;
    Ok(HttpResponse::Ok().json(SetupState { required: state.required }))
}

/// Create the first administrator
///
/// Once, with the token from the server's log.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", security(()), request_body = SetupComplete,
    extensions(("x-permission" = json!("public"))),
    responses((status = 201, body = Principal), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn setup_complete(
    app: web::Data<App>,
    ctx: Anonymous,
    body: Body<SetupComplete>,
) -> Result<HttpResponse> {
    let SetupComplete { token, username, display_name, email, password } = body.value;
    let state = app.store.setup_state(&ctx.0).await?;
    if !state.required {
        return Err(Code::AlreadySetUp.into());
    }
    let keys = address_keys(&ctx.0);
    app.throttle.check(&keys)?;
    let hash = setup_token_hash(&token.0);
    if !bool::from(hash.as_bytes().ct_eq(state.token_hash.unwrap_or_default().as_bytes())) {
        app.throttle.failed(&keys);
        return Err(app.store.setup_refuse(&ctx.0).await.into());
    }
    let new = new_person(&app, username, display_name, email, password).await?;
    let person = app.store.setup_complete(&ctx.0, hash, new).await?;
    Ok(HttpResponse::Created().json(principal(person)))
}
