//! Liveness, readiness, metrics.

use actix_web::{HttpResponse, web};
use shepherd_api::health::{Health, HealthCheck};
use shepherd_api::problem::Problem as ProblemBody;
use std::collections::BTreeMap;

use crate::app::App;

/// Liveness
///
/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "platform", security(()),
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = Health), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn health_live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok".to_owned(), checks: BTreeMap::new() })
}

/// Readiness
///
/// Each dependency by name.
#[utoipa::path(get, path = "/health/ready", tag = "platform", security(()),
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = Health), (status = 503, body = Health, description = "A dependency is missing"),
              (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn health_ready(app: web::Data<App>) -> HttpResponse {
    let database = app.store.ping().await.is_ok();
    let word = || if database { "ok" } else { "unavailable" }.to_owned();
    let checks = BTreeMap::from([("database".to_owned(), HealthCheck { status: word() })]);
    let body = Health { status: word(), checks };
    if database { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

/// Prometheus text.
pub(crate) async fn metrics_view(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
