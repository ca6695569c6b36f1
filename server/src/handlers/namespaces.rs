//! Registry of namespaces.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use shepherd_api::namespaces::{Namespace, NamespaceCreate, NamespaceList, NamespaceParams, NamespaceUpdate};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::systems::ConfirmName;
use shepherd_domain::ids::NamespaceId;
use shepherd_domain::name::Name;
use shepherd_domain::text::Field;
use shepherd_store::namespaces::{Namespace as Row, NamespaceChange, NamespaceFilter, NewNamespace};

use super::systems::length_warning;
use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_by, pagination};

const DESCRIPTION: Field = Field::lines("/description", 512);

/// List namespaces
///
/// Namespaces of the tenant, by name.
#[utoipa::path(get, path = "/api/v1/namespaces", tag = "hierarchy", params(NamespaceParams),
    extensions(("x-permission" = json!("governance:namespace:read"))),
    responses((status = 200, body = NamespaceList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn namespaces_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<NamespaceParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let filter = NamespaceFilter { environment: params.environment, enabled: params.enabled };
    let page = app.store.namespaces_list(&ctx.0, filter, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(NamespaceList { items, pagination: pagination(query, page.total) }))
}

/// View a namespace
#[utoipa::path(get, path = "/api/v1/namespaces/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("governance:namespace:read"))),
    responses((status = 200, body = Namespace), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn namespace_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.namespace_view(&ctx.0, NamespaceId(id.0)).await?)))
}

/// Register a namespace
#[utoipa::path(post, path = "/api/v1/namespaces", tag = "hierarchy", request_body = NamespaceCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("governance:namespace:manage"))),
    responses((status = 201, body = Namespace), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn namespace_create(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<NamespaceCreate>,
) -> Result<HttpResponse> {
    let name = Name::parse("namespace", &body.value.name)?;
    let description = DESCRIPTION.read(body.value.description)?;
    let warnings = length_warning("namespace", &name);
    let new = NewNamespace { name, environment: body.value.environment, description };
    let made = app.store.namespace_create(&ctx.once(&body.raw), new).await;
    let row = or_earlier(made, async |id| app.store.namespace_view(&ctx.0, NamespaceId(id)).await).await?;
    let location = format!("/api/v1/namespaces/{}", row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(Namespace { warnings, ..view(row) }))
}

/// Change a namespace
#[utoipa::path(patch, path = "/api/v1/namespaces/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)), request_body = NamespaceUpdate,
    extensions(("x-permission" = json!("governance:namespace:manage"))),
    responses((status = 200, body = Namespace), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn namespace_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<NamespaceUpdate>,
) -> Result<HttpResponse> {
    let description = body.value.description.map(|description| DESCRIPTION.read(description)).transpose()?;
    let change = NamespaceChange { description, enabled: body.value.enabled };
    Ok(HttpResponse::Ok().json(view(app.store.namespace_update(&ctx.0, NamespaceId(id.0), change).await?)))
}

/// Delete a namespace
///
/// Only if no VM was ever asked for in it; the name confirms it.
#[utoipa::path(delete, path = "/api/v1/namespaces/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path), ConfirmName),
    extensions(("x-permission" = json!("governance:namespace:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn namespace_delete(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    params: Params<ConfirmName>,
) -> Result<HttpResponse> {
    app.store.namespace_delete(&ctx.0, NamespaceId(id.0), params.0.confirm_name.as_deref()).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(row: Row) -> Namespace {
    Namespace {
        id: row.id,
        name: row.name,
        physical_name: row.physical_name,
        environment: row.environment,
        description: row.description,
        enabled: row.enabled,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        warnings: Vec::new(),
    }
}
