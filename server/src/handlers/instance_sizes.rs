//! Instance sizes.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::{Map, Value};
use shepherd_api::instance_sizes as wire;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::Refusal;
use shepherd_domain::ids::InstanceSizeId;
use shepherd_domain::name::Label;
use shepherd_domain::size::{Gpu, SizeSpec, SriovInterface};
use shepherd_domain::text::Field;
use shepherd_store::instance_sizes::{InstanceSize as Row, InstanceSizeChange, NewInstanceSize};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_by, pagination};

const DISPLAY_NAME: Field = Field::line("/display_name", 100);
const DESCRIPTION: Field = Field::lines("/description", 4096);
/// Members of a change that are no part of the spec.
const BESIDE_SPEC: [&str; 4] = ["display_name", "description", "enabled", "sort_order"];

/// List instance sizes
///
/// By `sort_order`, then by name. Disabled ones are shown to those who manage sizes.
#[utoipa::path(get, path = "/api/v1/instance-sizes", tag = "catalogue", params(wire::InstanceSizeParams),
    extensions(("x-permission" = json!("platform:instance_size:read"))),
    responses((status = 200, body = wire::InstanceSizeList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn instance_sizes_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::InstanceSizeParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let page = app.store.instance_sizes_list(&ctx.0, params.enabled, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(wire::InstanceSizeList { items, pagination: pagination(query, page.total) }))
}

/// View an instance size
#[utoipa::path(get, path = "/api/v1/instance-sizes/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:instance_size:read"))),
    responses((status = 200, body = wire::InstanceSize), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn instance_size_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.instance_size_view(&ctx.0, InstanceSizeId(id.0)).await?)))
}

/// Create an instance size
#[utoipa::path(post, path = "/api/v1/instance-sizes", tag = "catalogue", request_body = wire::InstanceSizeCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("platform:instance_size:manage"))),
    responses((status = 201, body = wire::InstanceSize), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn instance_size_create(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<wire::InstanceSizeCreate>,
) -> Result<HttpResponse> {
    let made = app.store.instance_size_create(&ctx.once(&body.raw), new(body.value)?).await;
    let row = or_earlier(made, async |id| app.store.instance_size_view(&ctx.0, InstanceSizeId(id)).await).await?;
    let location = format!("/api/v1/instance-sizes/{}", row.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(view(row)))
}

/// Change an instance size
///
/// VMs and approved tickets keep the size they were approved with.
#[utoipa::path(patch, path = "/api/v1/instance-sizes/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)), request_body = wire::InstanceSizeUpdate,
    extensions(("x-permission" = json!("platform:instance_size:manage"))),
    responses((status = 200, body = wire::InstanceSize), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn instance_size_update(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::InstanceSizeUpdate>,
) -> Result<HttpResponse> {
    let change = InstanceSizeChange {
        display_name: body.value.display_name.map(|value| DISPLAY_NAME.required(value)).transpose()?,
        description: body.value.description.map(|value| DESCRIPTION.read(value)).transpose()?,
        enabled: body.value.enabled,
        sort_order: body.value.sort_order,
        spec: spec_changes(body.raw),
    };
    let row = app.store.instance_size_update(&ctx.0, InstanceSizeId(id.0), change).await?;
    Ok(HttpResponse::Ok().json(view(row)))
}

/// Delete an instance size
///
/// Only if no VM was ever asked for with it; it can be disabled instead.
#[utoipa::path(delete, path = "/api/v1/instance-sizes/{id}", tag = "catalogue", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("platform:instance_size:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn instance_size_delete(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.instance_size_delete(&ctx.0, InstanceSizeId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn new(body: wire::InstanceSizeCreate) -> Result<NewInstanceSize, Refusal> {
    let gpu = |gpu: wire::Gpu| Gpu { name: gpu.name, device_name: gpu.device_name };
    let interface = |sriov: wire::SriovInterface| SriovInterface { name: sriov.name, network: sriov.network };
    Ok(NewInstanceSize {
        name: Label::parse("instance_size", &body.name)?,
        display_name: DISPLAY_NAME.required(body.display_name)?,
        description: DESCRIPTION.read(body.description)?,
        enabled: body.enabled.unwrap_or(true),
        sort_order: body.sort_order,
        spec: SizeSpec {
            cpu_cores: body.cpu_cores,
            memory_mib: body.memory_mib,
            disk: body.disk.into(),
            cpu_request_millis: body.cpu_request_millis,
            memory_request_mib: body.memory_request_mib,
            dedicated_cpu: body.dedicated_cpu,
            hugepages: body.hugepages.map(Into::into),
            gpus: body.gpus.into_iter().map(gpu).collect(),
            sriov: body.sriov.into_iter().map(interface).collect(),
            spec_overrides: body.spec_overrides,
        },
    })
}

/// The members of a change that belong to the spec, as they were sent: null is not absent.
fn spec_changes(raw: Value) -> Map<String, Value> {
    let Value::Object(mut members) = raw else { return Map::new() };
    members.retain(|name, _| !BESIDE_SPEC.contains(&name.as_str()));
    members
}

fn view(row: Row) -> wire::InstanceSize {
    let spec = row.spec;
    let gpu = |gpu: Gpu| wire::Gpu { name: gpu.name, device_name: gpu.device_name };
    let interface = |sriov: SriovInterface| wire::SriovInterface { name: sriov.name, network: sriov.network };
    wire::InstanceSize {
        id: row.id,
        name: row.name,
        display_name: row.display_name,
        description: row.description,
        enabled: row.enabled,
        sort_order: row.sort_order,
        cpu_cores: spec.cpu_cores,
        memory_mib: spec.memory_mib,
        disk: spec.disk.into(),
        dedicated_cpu: spec.dedicated_cpu,
        hugepages: spec.hugepages.map(Into::into),
        gpus: spec.gpus.into_iter().map(gpu).collect(),
        sriov: spec.sriov.into_iter().map(interface).collect(),
        cpu_request_millis: spec.cpu_request_millis,
        memory_request_mib: spec.memory_request_mib,
        spec_overrides: row.overcommit_shown.then_some(spec.spec_overrides),
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
