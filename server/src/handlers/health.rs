//! Liveness, readiness, metrics.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::app::App;

/// The process answers.
pub(crate) async fn health_live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// Each dependency by name. 503 when one is missing.
pub(crate) async fn health_ready(app: web::Data<App>) -> HttpResponse {
    let database = app.store.ping().await.is_ok();
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let body = json!({"status": word(database), "checks": {"database": {"status": word(database)}}});
    if database { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

/// Prometheus text.
pub(crate) async fn metrics_view(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
