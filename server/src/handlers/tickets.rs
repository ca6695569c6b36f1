//! Tickets: submit, look, preview.

use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::tickets as wire;
use shepherd_domain::ids::{ClusterId, InstanceSizeId, NamespaceId, ServiceId, TemplateId, TicketId};
use shepherd_domain::placement;
use shepherd_domain::text::Field;
use shepherd_domain::ticket::TicketState;
use shepherd_store::tickets::{Choice, Submission};

use super::ticket_views::detail;
use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;

pub(super) const REASON: Field = Field::lines("/reason", 2048);

/// Submit a request
///
/// Answers at once; the ticket shows what becomes of it.
#[utoipa::path(post, path = "/api/v1/tickets", tag = "tickets", request_body = wire::TicketSubmit,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("compute:vm:create"))),
    responses((status = 202, body = wire::TicketAccepted), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_submit(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<wire::TicketSubmit>,
) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let new = Submission {
        service: ServiceId(body.value.service_id),
        namespace: NamespaceId(body.value.namespace_id),
        template: TemplateId(body.value.template_id),
        instance_size: InstanceSizeId(body.value.instance_size_id),
        disk_gib: body.value.disk_gib,
        reason: REASON.required(body.value.reason)?,
        timeout: app.config.approval_timeout(),
    };
    let submitted = app.store.ticket_submit(&keyed, new).await.map(|id| (id, false));
    let (id, replayed) = or_earlier(submitted, async |id| Ok((TicketId(id), true))).await?;
    let accepted = wire::TicketAccepted { id: id.0, state: TicketState::Pending.as_str().to_owned(), replayed };
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, format!("/api/v1/tickets/{id}")))
        .insert_header((RETRY_AFTER, "1"))
        .json(accepted))
}

/// View a ticket
///
/// With its decision or whom it waits for, every step of its run and what the caller may do.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "tickets", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("governance:ticket:read"))),
    responses((status = 200, body = wire::TicketDetail), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    let view = app.store.ticket_view(&ctx.0, TicketId(id.0)).await?;
    Ok(HttpResponse::Ok().json(detail(view, &app.config)))
}

/// Preview an approval
///
/// Renders exactly what would be applied, and the digest that an approval must carry.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/preview", tag = "tickets", params(("id" = uuid::Uuid, Path)),
    request_body = wire::TicketPreview, extensions(("x-permission" = json!("governance:approval:decide"))),
    responses((status = 200, body = wire::Preview), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_preview(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::TicketPreview>,
) -> Result<HttpResponse> {
    let body = body.value;
    let choice = choice(body.cluster_id, body.template_version, body.storage_class, body.modified_spec);
    let preview = app.store.ticket_preview(&ctx.0, TicketId(id.0), &choice).await?;
    let warning = |w: placement::Warning| shepherd_api::systems::Warning { code: w.code, params: w.params };
    Ok(HttpResponse::Ok().json(wire::Preview {
        digest: preview.digest,
        namespace: preview.namespace,
        manifest: preview.manifest,
        warnings: preview.warnings.into_iter().map(warning).collect(),
    }))
}

/// The store's form of an approver's choices.
pub(super) fn choice(
    cluster: uuid::Uuid,
    template_version: Option<i32>,
    storage_class: Option<String>,
    modified: Option<wire::ModifiedSpec>,
) -> Choice {
    let modified_spec = modified.map(|spec| placement::ModifiedSpec {
        cpu_cores: spec.cpu_cores,
        memory_mib: spec.memory_mib,
        disk_gib: spec.disk_gib,
        cpu_request_millis: spec.cpu_request_millis,
        memory_request_mib: spec.memory_request_mib,
    });
    Choice { cluster: ClusterId(cluster), template_version, storage_class, modified_spec }
}
