//! Liveness, readiness, metrics.

use actix_web::{HttpResponse, web};
use shepherd_api::health::{Dependency, DependencyList, Health, HealthCheck, HealthSpan};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_store::dependencies::{Dependency as Stood, DependencyView, Span};
use std::collections::BTreeMap;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::Result;

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

/// View dependencies
///
/// What the product stands on, as its workers see it, with the last day. Clusters only for those who may see them.
#[utoipa::path(get, path = "/api/v1/health/dependencies", tag = "platform",
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = DependencyList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn dependencies_view(app: web::Data<App>, ctx: SignedIn) -> Result<HttpResponse> {
    let found = app.store.dependencies(&ctx.0).await?;
    let items = found.items.into_iter().map(dependency).collect();
    Ok(HttpResponse::Ok().json(DependencyList { as_of: found.as_of, items }))
}

fn dependency(view: DependencyView) -> Dependency {
    let kind = view.dependency.kind().to_owned();
    let span = |span: &Span| HealthSpan { state: span.state.as_str().to_owned(), from: span.from, to: span.to };
    Dependency {
        name: if let Stood::Cluster(name) = view.dependency { name } else { kind.clone() },
        kind,
        cluster_id: view.cluster_id,
        state: view.state.as_str().to_owned(),
        last_good_at: view.last_good_at,
        history: view.history.iter().map(span).collect(),
    }
}

/// Prometheus text.
pub(crate) async fn metrics_view(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
