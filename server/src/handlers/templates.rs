//! Templates.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::Value;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::templates::{Template, TemplateCreate, TemplateList, TemplateParams, TemplateUpdate};
use shepherd_domain::Refusal;
use shepherd_domain::ids::TemplateId;
use shepherd_domain::name::Label;
use shepherd_domain::template::{TemplateSpec, refuse_hardware};
use shepherd_domain::text::Field;
use shepherd_store::templates::{Description, NewTemplate, Template as Row, TemplateChange, TemplateFilter};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_by, pagination};

const DISPLAY_NAME: Field = Field::line("/display_name", 100);
const DESCRIPTION: Field = Field::lines("/description", 4096);
const OS_FAMILY: Field = Field::line("/os_family", 100);
const OS_VERSION: Field = Field::line("/os_version", 100);

/// List templates
///
/// By name, newest version first. Drafts and archived versions are shown to those who manage templates.
#[utoipa::path(get, path = "/api/v1/templates", tag = "catalogue", params(TemplateParams),
    extensions(("x-permission" = json!("platform:template:read"))),
    responses((status = 200, body = TemplateList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn templates_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<TemplateParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let filter = TemplateFilter { name: params.name, status: params.status };
    let page = app.store.templates_list(&ctx.0, &filter, query).await?;
    let items = page.items.into_iter().map(view).collect::<Result<_>>()?;
    Ok(HttpResponse::Ok().json(TemplateList { items, pagination: pagination(query, page.total) }))
}

/// View a version of a template
#[utoipa::path(get, path = "/api/v1/templates/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:template:read"))),
    responses((status = 200, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.template_view(&ctx.0, TemplateId(id.0)).await?)?))
}

/// Create a draft of a template
///
/// The next version of its name; one draft a name.
#[utoipa::path(post, path = "/api/v1/templates", tag = "catalogue", request_body = TemplateCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 201, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_create(app: web::Data<App>, ctx: SignedIn, body: Body<Value>) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let body: TemplateCreate = body.after(refuse_hardware)?.value;
    let new = NewTemplate {
        name: Label::parse("template", &body.name)?,
        description: Description {
            display_name: DISPLAY_NAME.required(body.display_name)?,
            description: DESCRIPTION.read(body.description)?,
            os_family: OS_FAMILY.read(body.os_family)?,
            os_version: OS_VERSION.read(body.os_version)?,
        },
        spec: TemplateSpec { boot_source: body.boot_source.into(), cloud_init: body.cloud_init },
    };
    let made = app.store.template_create(&keyed, new).await;
    let row = or_earlier(made, async |id| app.store.template_view(&ctx.0, TemplateId(id)).await).await?;
    let location = format!("/api/v1/templates/{}", row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(view(row)?))
}

/// Change a draft of a template
#[utoipa::path(patch, path = "/api/v1/templates/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)), request_body = TemplateUpdate,
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 200, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<Value>,
) -> Result<HttpResponse> {
    let change = change(body.after(refuse_hardware)?.value)?;
    Ok(HttpResponse::Ok().json(view(app.store.template_update(&ctx.0, TemplateId(id.0), change).await?)?))
}

/// Delete a draft of a template
#[utoipa::path(delete, path = "/api/v1/templates/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_delete(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.template_delete(&ctx.0, TemplateId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Publish a draft of a template
///
/// The version that was active until now is deprecated.
#[utoipa::path(post, path = "/api/v1/templates/{id}/activate", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 200, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_activate(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.template_activate(&ctx.0, TemplateId(id.0)).await?)?))
}

/// Deprecate the active version of a template
///
/// No new VMs can be asked for with it.
#[utoipa::path(post, path = "/api/v1/templates/{id}/deprecate", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 200, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_deprecate(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.template_deprecate(&ctx.0, TemplateId(id.0)).await?)?))
}

/// Archive a deprecated version of a template
///
/// It is hidden, and kept for the audit.
#[utoipa::path(post, path = "/api/v1/templates/{id}/archive", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:template:manage"))),
    responses((status = 200, body = Template), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn template_archive(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.template_archive(&ctx.0, TemplateId(id.0)).await?)?))
}

fn change(body: TemplateUpdate) -> Result<TemplateChange, Refusal> {
    Ok(TemplateChange {
        display_name: body.display_name.map(|value| DISPLAY_NAME.required(value)).transpose()?,
        description: body.description.map(|value| DESCRIPTION.read(value)).transpose()?,
        os_family: body.os_family.map(|value| OS_FAMILY.read(value)).transpose()?,
        os_version: body.os_version.map(|value| OS_VERSION.read(value)).transpose()?,
        boot_source: body.boot_source.map(Into::into),
        cloud_init: body.cloud_init,
    })
}

fn view(row: Row) -> Result<Template> {
    let spec = row.spec()?;
    Ok(Template {
        id: row.id,
        name: row.name,
        version: row.version,
        status: row.status,
        display_name: row.display_name,
        description: row.description,
        os_family: row.os_family,
        os_version: row.os_version,
        boot_source: spec.boot_source.into(),
        cloud_init: spec.cloud_init,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
