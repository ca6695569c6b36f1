//! People.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::secret::Secret;
use shepherd_api::users::{PasswordReset, User, UserCreate, UserList, UserParams, UserUpdate};
use shepherd_domain::account::{Email, Username};
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::text::Field;
use shepherd_domain::{Code, Refusal, password};
use shepherd_store::users::{NewPerson, PersonChanges, User as Row};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_query, pagination};

const DISPLAY_NAME: Field = Field::line("/display_name", 100);

/// List people
///
/// By username.
#[utoipa::path(get, path = "/api/v1/users", tag = "identity", params(UserParams),
    extensions(("x-permission" = json!("identity:user:read"))),
    responses((status = 200, body = UserList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn users_list(app: web::Data<App>, ctx: SignedIn, params: Params<UserParams>) -> Result<HttpResponse> {
    let query = page_query(&params.0.page())?;
    let prefix = params.0.q.map(|text| text.to_lowercase());
    if prefix.as_ref().is_some_and(|text| text.chars().count() > 64) {
        return Err(Refusal::new(Code::InvalidQuery).with(json!({"parameter": "q", "maximum": 64})).into());
    }
    let page = app.store.users_list(&ctx.0, prefix, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(UserList { items, pagination: pagination(query, page.total) }))
}

/// View a person
///
/// Everybody sees themselves.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "identity", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("identity:user:read"))),
    responses((status = 200, body = User), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn user_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.user_view(&ctx.0, PrincipalId(id.0)).await?)))
}

/// Create a person
///
/// They must change the password at the first sign-in.
#[utoipa::path(post, path = "/api/v1/users", tag = "identity", request_body = UserCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("identity:user:manage"))),
    responses((status = 201, body = User), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn user_create(app: web::Data<App>, ctx: SignedIn, body: Body<UserCreate>) -> Result<HttpResponse> {
    let UserCreate { username, display_name, email, password } = body.value;
    app.store.user_create_allowed(&ctx.0, &Username::parse(&username)?).await?;
    let new = new_person(&app, username, display_name, email, password).await?;
    let made = app.store.user_create(&ctx.once(&body.raw), new).await;
    let row = or_earlier(made, async |id| app.store.user_view(&ctx.0, PrincipalId(id)).await).await?;
    let location = format!("/api/v1/users/{}", row.0.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(view(row)))
}

/// Change a person
///
/// Disabling ends all their sessions.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "identity", params(("id" = uuid::Uuid, Path)), request_body = UserUpdate,
    extensions(("x-permission" = json!("identity:user:manage"))),
    responses((status = 200, body = User), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn user_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<UserUpdate>,
) -> Result<HttpResponse> {
    let UserUpdate { display_name, email, enabled } = body.value;
    let display_name = display_name.map(|name| DISPLAY_NAME.required(name)).transpose()?;
    let email = email.map(|email| email.as_deref().map(Email::parse).transpose()).transpose()?;
    let changes = PersonChanges { display_name, email, enabled };
    Ok(HttpResponse::Ok().json(view(app.store.user_update(&ctx.0, PrincipalId(id.0), changes).await?)))
}

/// Delete a person
///
/// Only who has taken part in nothing; others are disabled.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "identity", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("identity:user:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn user_delete(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.user_delete(&ctx.0, PrincipalId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reset somebody else's password
///
/// They must change it, and all their sessions end.
#[utoipa::path(post, path = "/api/v1/users/{id}/password", tag = "identity", params(("id" = uuid::Uuid, Path)), request_body = PasswordReset,
    extensions(("x-permission" = json!("identity:user:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn password_reset(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<PasswordReset>,
) -> Result<HttpResponse> {
    let id = PrincipalId(id.0);
    let person = app.store.password_reset_allowed(&ctx.0, id).await?;
    password::check(&body.value.password.0, &person.username)?;
    let hash = app.passwords.turn().await?.hash(body.value.password).await?;
    app.store.password_reset(&ctx.0, id, hash).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Checks everything about a person to be created, and hashes the password last.
///
/// # Errors
/// `VALIDATION_FAILED`, `PASSWORD_REFUSED`.
pub(crate) async fn new_person(
    app: &App,
    username: String,
    display_name: String,
    email: Option<String>,
    password: Secret,
) -> Result<NewPerson> {
    let username = Username::parse(&username)?;
    let display_name = DISPLAY_NAME.required(display_name)?;
    let email = email.as_deref().map(Email::parse).transpose()?;
    password::check(&password.0, username.as_str())?;
    let password_hash = app.passwords.turn().await?.hash(password).await?;
    Ok(NewPerson { username, display_name, email, password_hash })
}

fn view((person, must_change_password): Row) -> User {
    User {
        id: person.id,
        username: person.username,
        display_name: person.display_name,
        email: person.email,
        enabled: person.enabled,
        must_change_password: must_change_password.unwrap_or(false),
        created_by: person.created_by,
        created_at: person.created_at,
        updated_at: person.updated_at,
    }
}
