//! Systems.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::page::PageParams;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::systems::{ConfirmName, System, SystemCreate, SystemList, SystemUpdate, Warning};
use shepherd_domain::ids::{DEFAULT_WORKSPACE, SystemId, WorkspaceId};
use shepherd_domain::name::{MAX_LENGTH, Name};
use shepherd_domain::text::Field;
use shepherd_store::systems::{NewSystem, System as Row};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_query, pagination};

const DESCRIPTION: Field = Field::lines("/description", 4096);

/// List Systems
///
/// Systems that the caller may see, by name.
#[utoipa::path(get, path = "/api/v1/systems", tag = "hierarchy", params(PageParams),
    extensions(("x-permission" = json!("governance:system:read"))),
    responses((status = 200, body = SystemList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn systems_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<PageParams>,
) -> Result<HttpResponse> {
    let query = page_query(&params.0)?;
    let page = app.store.systems_list(&ctx.0, params.0.workspace_id.map(WorkspaceId), query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(SystemList { items, pagination: pagination(query, page.total) }))
}

/// View a System
#[utoipa::path(get, path = "/api/v1/systems/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("governance:system:read"))),
    responses((status = 200, body = System), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn system_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.system_view(&ctx.0, SystemId(id.0)).await?)))
}

/// Create a System
#[utoipa::path(post, path = "/api/v1/systems", tag = "hierarchy", request_body = SystemCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("governance:system:create"))),
    responses((status = 201, body = System), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn system_create(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<SystemCreate>,
) -> Result<HttpResponse> {
    let name = Name::parse("system", &body.value.name)?;
    let description = DESCRIPTION.read(body.value.description)?;
    let workspace = body.value.workspace_id.map_or(DEFAULT_WORKSPACE, WorkspaceId);
    let warnings = length_warning("system", &name);
    let made = app.store.system_create(&ctx.once(&body.raw), NewSystem { workspace, name, description }).await;
    let row = or_earlier(made, async |id| app.store.system_view(&ctx.0, SystemId(id)).await).await?;
    let location = format!("/api/v1/systems/{}", row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(System { warnings, ..view(row) }))
}

/// Change a System
///
/// Only the description may change.
#[utoipa::path(patch, path = "/api/v1/systems/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path)), request_body = SystemUpdate,
    extensions(("x-permission" = json!("governance:system:update"))),
    responses((status = 200, body = System), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn system_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<SystemUpdate>,
) -> Result<HttpResponse> {
    let description = DESCRIPTION.read(body.value.description)?;
    Ok(HttpResponse::Ok().json(view(app.store.system_update(&ctx.0, SystemId(id.0), description).await?)))
}

/// Delete a System
///
/// Only without Services; the name confirms it.
#[utoipa::path(delete, path = "/api/v1/systems/{id}", tag = "hierarchy", params(("id" = uuid::Uuid, Path), ConfirmName),
    extensions(("x-permission" = json!("governance:system:delete"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn system_delete(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    params: Params<ConfirmName>,
) -> Result<HttpResponse> {
    app.store.system_delete(&ctx.0, SystemId(id.0), params.0.confirm_name.as_deref()).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn view(row: Row) -> System {
    System {
        id: row.id,
        workspace_id: row.workspace_id,
        name: row.name,
        description: row.description,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        warnings: Vec::new(),
    }
}

/// Warning for a name that makes VM names hard to read.
pub(crate) fn length_warning(entity: &'static str, name: &Name) -> Vec<Warning> {
    let params = json!({"entity": entity, "name": name.as_str(), "maximum": MAX_LENGTH});
    let warning = Warning { code: "NAME_LENGTH_WARNING".to_owned(), params };
    if name.is_long() { vec![warning] } else { Vec::new() }
}
