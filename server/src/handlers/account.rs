//! One's own account: open also to those who must change their password first.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::auth::{HeldRole, Me, OwnSession, PasswordChange, Session, SessionList, Tenant};
use shepherd_api::page::Pagination;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::ids::SessionId;
use shepherd_domain::policy::{Permission, permits};
use shepherd_domain::{Code, Refusal, password};
use shepherd_store::sessions::{Profile, Session as Row};
use shepherd_store::{Caller, Ctx, Source};

use crate::app::App;
use crate::auth::{BeforePasswordChange, Tokens};
use crate::body::{Body, PathId};
use crate::error::Result;
use crate::sign_in::{principal, proven};

/// View one's own account
///
/// With roles and permissions.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = Me), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn profile_view(app: web::Data<App>, ctx: BeforePasswordChange) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(me(app.store.profile_view(&ctx.0).await?)))
}

/// Change one's own password
///
/// All other sessions end.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "auth", request_body = PasswordChange,
    extensions(("x-permission" = json!("session"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn password_change(
    app: web::Data<App>,
    ctx: BeforePasswordChange,
    body: Body<PasswordChange>,
) -> Result<HttpResponse> {
    let PasswordChange { current_password, new_password } = body.value;
    let account = app.store.account_own(&ctx.0).await?;
    let (id, username) = (account.principal, account.username.clone());
    let unchanged = current_password == new_password;
    let Some(account) = proven(&app, &ctx.0, &username, Some(account), current_password).await? else {
        return Err(app.store.password_refuse(&ctx.0, id, &username).await.into());
    };
    if unchanged {
        return Err(Refusal::new(Code::PasswordRefused).with(json!({"rule": "unchanged"})).into());
    }
    password::check(&new_password.0, &username)?;
    let hash = app.passwords.turn().await?.hash(new_password).await?;
    app.store.password_change(&ctx.0, account, hash).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign out
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", extensions(("x-permission" = json!("session"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn session_close(
    app: web::Data<App>,
    tokens: web::Data<Tokens>,
    ctx: BeforePasswordChange,
) -> Result<HttpResponse> {
    app.store.session_close(&ctx.0).await?;
    let mut response = HttpResponse::NoContent();
    if ctx.0.source == Source::Ui {
        response.insert_header((SET_COOKIE, tokens.cookie("", 0)));
    }
    Ok(response.finish())
}

/// List one's own sessions
///
/// Those that are alive, newest first.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "auth", extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = SessionList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn sessions_list(app: web::Data<App>, ctx: BeforePasswordChange) -> Result<HttpResponse> {
    let rows = app.store.sessions_list(&ctx.0).await?;
    let items: Vec<Session> = rows.into_iter().map(|row| view(row, &ctx.0)).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(HttpResponse::Ok().json(SessionList { items, pagination: Pagination::new(1, total.max(1), total) }))
}

/// End one of one's own sessions
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "auth", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("session"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn session_revoke(app: web::Data<App>, ctx: BeforePasswordChange, id: PathId) -> Result<HttpResponse> {
    app.store.session_revoke(&ctx.0, SessionId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn me(profile: Profile) -> Me {
    let (id, slug, name) = profile.tenant;
    let granted = |permission: &Permission| profile.grants.iter().any(|grant| permits(grant.role, *permission));
    let permissions = Permission::ALL.iter().filter(|permission| granted(permission));
    let permissions = permissions.map(|permission| permission.as_str().to_owned()).collect();
    let held = profile.grants.iter();
    Me {
        permissions,
        roles: held
            .map(|grant| HeldRole {
                role: grant.role.as_str().to_owned(),
                workspace_id: grant.workspace.map(|id| id.0),
            })
            .collect(),
        principal: principal(profile.person),
        tenant: Tenant { id, slug, name },
        must_change_password: profile.must_change_password,
        session: OwnSession {
            id: profile.session.id,
            kind: profile.session.kind,
            expires_at: profile.session.expires_at,
        },
    }
}

fn view(row: Row, ctx: &Ctx) -> Session {
    let current = matches!(&ctx.caller, Caller::Session { id, .. } if id.0 == row.id);
    Session {
        id: row.id,
        kind: row.kind,
        ip: row.ip,
        user_agent: row.user_agent,
        created_at: row.created_at,
        expires_at: row.expires_at,
        current,
    }
}
