//! Services.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::services::{Confirm, Service, ServiceCreate, ServiceList, ServiceParams, ServiceUpdate};
use shepherd_domain::ids::{ServiceId, SystemId, WorkspaceId};
use shepherd_domain::name::Name;
use shepherd_domain::text::Field;
use shepherd_store::services::{NewService, Service as Row, ServiceFilter};

use super::systems::length_warning;
use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_by, pagination};

const DESCRIPTION: Field = Field::lines("/description", 4096);

/// List Services
///
/// Services that the caller may see, by name.
#[utoipa::path(get, path = "/api/v1/services", tag = "hierarchy", params(ServiceParams),
    extensions(("x-permission" = json!("governance:service:read"))),
    responses((status = 200, body = ServiceList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn services_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<ServiceParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let filter =
        ServiceFilter { system: params.system_id.map(SystemId), workspace: params.workspace_id.map(WorkspaceId) };
    let page = app.store.services_list(&ctx.0, filter, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(ServiceList { items, pagination: pagination(query, page.total) }))
}

/// View a Service
#[utoipa::path(get, path = "/api/v1/services/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("governance:service:read"))),
    responses((status = 200, body = Service), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn service_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.service_view(&ctx.0, ServiceId(id.0)).await?)))
}

/// Create a Service
#[utoipa::path(post, path = "/api/v1/services", tag = "hierarchy", request_body = ServiceCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("governance:service:create"))),
    responses((status = 201, body = Service), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn service_create(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<ServiceCreate>,
) -> Result<HttpResponse> {
    let name = Name::parse("service", &body.value.name)?;
    let description = DESCRIPTION.read(body.value.description)?;
    let warnings = length_warning("service", &name);
    let new = NewService { system: SystemId(body.value.system_id), name, description };
    let made = app.store.service_create(&ctx.once(&body.raw), new).await;
    let row = or_earlier(made, async |id| app.store.service_view(&ctx.0, ServiceId(id)).await).await?;
    let location = format!("/api/v1/services/{}", row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(Service { warnings, ..view(row) }))
}

/// Change a Service
///
/// Only the description may change.
#[utoipa::path(patch, path = "/api/v1/services/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)), request_body = ServiceUpdate,
    extensions(("x-permission" = json!("governance:service:update"))),
    responses((status = 200, body = Service), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn service_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<ServiceUpdate>,
) -> Result<HttpResponse> {
    let description = DESCRIPTION.read(body.value.description)?;
    Ok(HttpResponse::Ok().json(view(app.store.service_update(&ctx.0, ServiceId(id.0), description).await?)))
}

/// Delete a Service
///
/// Only if no VM was ever asked for in it.
#[utoipa::path(delete, path = "/api/v1/services/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path), Confirm),
    extensions(("x-permission" = json!("governance:service:delete"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn service_delete(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    params: Params<Confirm>,
) -> Result<HttpResponse> {
    app.store.service_delete(&ctx.0, ServiceId(id.0), params.0.confirm == Some(true)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(row: Row) -> Service {
    Service {
        id: row.id,
        system_id: row.system_id,
        system_name: row.system_name,
        workspace_id: row.workspace_id,
        name: row.name,
        description: row.description,
        next_instance: row.next_instance,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        warnings: Vec::new(),
    }
}
