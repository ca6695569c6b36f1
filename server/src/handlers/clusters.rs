//! Clusters.

use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shepherd_api::clusters as wire;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::ids::ClusterId;
use shepherd_domain::name::Label;
use shepherd_domain::placement::ClusterStatus;
use shepherd_domain::text::Field;
use shepherd_store::clusters::{Cluster as Row, ClusterChange, ClusterFilter, Credential, NewCluster};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_by, pagination};

const DISPLAY_NAME: Field = Field::line("/display_name", 100);

/// List clusters
///
/// By name.
#[utoipa::path(get, path = "/api/v1/clusters", tag = "catalogue", params(wire::ClusterParams),
    extensions(("x-permission" = json!("platform:cluster:read"))),
    responses((status = 200, body = wire::ClusterList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn clusters_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::ClusterParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let filter = ClusterFilter { environment: params.environment, status: params.status, enabled: params.enabled };
    let page = app.store.clusters_list(&ctx.0, filter, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(wire::ClusterList { items, pagination: pagination(query, page.total) }))
}

/// View a cluster
#[utoipa::path(get, path = "/api/v1/clusters/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:cluster:read"))),
    responses((status = 200, body = wire::Cluster), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.cluster_view(&ctx.0, ClusterId(id.0)).await?)))
}

/// Register a cluster
///
/// Answers when the credential is stored; the cluster shows what its check finds.
#[utoipa::path(post, path = "/api/v1/clusters", tag = "catalogue", request_body = wire::ClusterRegister,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("platform:cluster:manage"))),
    responses((status = 202, body = wire::Cluster), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_register(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<wire::ClusterRegister>,
) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let body = body.value;
    let name = Label::parse("cluster", &body.name)?;
    let display_name = DISPLAY_NAME.required(body.display_name.unwrap_or(body.name))?;
    let credential = Credential::parse(body.kubeconfig.0)?;
    let new = NewCluster { name, display_name, environment: body.environment, credential };
    let made = app.store.cluster_register(&keyed, &app.key, new).await;
    Ok(accepted(or_earlier(made, async |id| app.store.cluster_view(&ctx.0, ClusterId(id)).await).await?))
}

/// Change a cluster
#[utoipa::path(patch, path = "/api/v1/clusters/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)), request_body = wire::ClusterUpdate,
    extensions(("x-permission" = json!("platform:cluster:manage"))),
    responses((status = 200, body = wire::Cluster), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::ClusterUpdate>,
) -> Result<HttpResponse> {
    let display_name = body.value.display_name.map(|value| DISPLAY_NAME.required(value)).transpose()?;
    let change = ClusterChange { display_name, enabled: body.value.enabled };
    Ok(HttpResponse::Ok().json(view(app.store.cluster_update(&ctx.0, ClusterId(id.0), change).await?)))
}

/// Rotate the credential of a cluster
///
/// The cluster cannot be chosen until the check of the new credential has passed.
#[utoipa::path(post, path = "/api/v1/clusters/{id}/rotate", tag = "catalogue", params(("id" = uuid::Uuid, Path)), request_body = wire::ClusterRotate,
    extensions(("x-permission" = json!("platform:cluster:manage"))),
    responses((status = 202, body = wire::Cluster), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_rotate(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::ClusterRotate>,
) -> Result<HttpResponse> {
    let credential = Credential::parse(body.value.kubeconfig.0)?;
    Ok(accepted(app.store.cluster_rotate(&ctx.0, &app.key, ClusterId(id.0), credential).await?))
}

/// Check a cluster again
///
/// The last verdict holds until the check is done.
#[utoipa::path(post, path = "/api/v1/clusters/{id}/check", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:cluster:manage"))),
    responses((status = 202, body = wire::Cluster), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_check(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(accepted(app.store.cluster_check(&ctx.0, ClusterId(id.0)).await?))
}

/// Delete a cluster
///
/// Only if no VM was ever approved for it; it can be disabled instead.
#[utoipa::path(delete, path = "/api/v1/clusters/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:cluster:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn cluster_delete(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.cluster_delete(&ctx.0, ClusterId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn accepted(row: Row) -> HttpResponse {
    HttpResponse::Accepted()
        .insert_header((LOCATION, format!("/api/v1/clusters/{}", row.id)))
        .insert_header((RETRY_AFTER, "1"))
        .json(view(row))
}

fn view(row: Row) -> wire::Cluster {
    wire::Cluster {
        id: row.id,
        name: row.name,
        display_name: row.display_name,
        environment: row.environment,
        enabled: row.enabled,
        usable: row.enabled && row.status == ClusterStatus::Healthy.as_str(),
        api_server_url: row.api_server_url,
        credential_version: row.credential_version,
        status: row.status,
        verdict: verdict(&row.verdict),
        checked_at: row.checked_at,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The worker's verdict, member by member: one that a release writes in another form hides no other.
fn verdict(stored: &Value) -> wire::Verdict {
    wire::Verdict {
        reachable: member(stored, "reachable"),
        kubernetes_version: member(stored, "kubernetes_version"),
        kubevirt_version: member(stored, "kubevirt_version"),
        feature_gates: member(stored, "feature_gates"),
        storage_classes: member(stored, "storage_classes"),
        nodes: member(stored, "nodes"),
        missing_rights: member(stored, "missing_rights"),
        faults: member(stored, "faults"),
    }
}

fn member<T: DeserializeOwned + Default>(stored: &Value, name: &str) -> T {
    stored.get(name).and_then(|value| T::deserialize(value).ok()).unwrap_or_default()
}
