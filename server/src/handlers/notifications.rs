//! The caller's own notifications.

use actix_web::{HttpResponse, web};
use shepherd_api::notifications as wire;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_store::TOTAL_CAP;
use shepherd_store::notifications::Notification;

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Params, PathId};
use crate::cursor::Cursors;
use crate::error::Result;
use crate::page::{cursor_pagination, per_page, place};

/// List one's own notifications
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", params(wire::NotificationParams),
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = wire::NotificationList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn notifications_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::NotificationParams>,
    cursors: Cursors,
) -> Result<HttpResponse> {
    let before = place(&cursors, params.0.cursor.as_deref())?;
    let per_page = per_page(params.0.per_page)?;
    let page = app.store.notifications_list(&ctx.0, params.0.unread.unwrap_or(false), before, per_page).await?;
    let pagination = cursor_pagination(&cursors, &page, per_page);
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(wire::NotificationList { items, pagination }))
}

/// Count one's own unread notifications
#[utoipa::path(get, path = "/api/v1/notifications/unread-count", tag = "notifications",
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = wire::UnreadCount), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn notifications_count(app: web::Data<App>, ctx: SignedIn) -> Result<HttpResponse> {
    let unread = app.store.notifications_unread(&ctx.0).await?;
    Ok(HttpResponse::Ok().json(wire::UnreadCount { unread, more: unread >= TOTAL_CAP }))
}

/// Mark one of one's own notifications as read
///
/// Doing so again changes nothing.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", tag = "notifications", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("session"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn notification_read(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.notification_read(&ctx.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Mark all of one's own notifications as read
#[utoipa::path(post, path = "/api/v1/notifications/read-all", tag = "notifications",
    extensions(("x-permission" = json!("session"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn notifications_read_all(app: web::Data<App>, ctx: SignedIn) -> Result<HttpResponse> {
    app.store.notifications_read_all(&ctx.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(row: Notification) -> wire::Notification {
    wire::Notification {
        id: row.id,
        kind: row.kind,
        ticket_id: row.ticket_id,
        params: row.params,
        created_at: row.created_at,
        read_at: row.read_at,
    }
}
