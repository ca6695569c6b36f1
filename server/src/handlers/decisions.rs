//! Decisions on tickets.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::tickets as wire;
use shepherd_domain::Refusal;
use shepherd_domain::ids::TicketId;
use shepherd_domain::text::Field;
use shepherd_domain::ticket::TicketState;
use shepherd_store::tickets::{Approval, Approved, Decided};

use super::tickets::{REASON, choice};
use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;

const MODIFICATION_REASON: Field = Field::lines("/modification_reason", 2048);

/// Approve a ticket
///
/// Answers when the decision is stored; the run follows by itself.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/approve", tag = "tickets", params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours"), ("id" = uuid::Uuid, Path)),
    request_body = wire::TicketApprove, extensions(("x-permission" = json!("governance:approval:decide"))),
    responses((status = 202, body = wire::Approved), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_approve(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::TicketApprove>,
) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let body = body.value;
    let modification_reason = match (&body.modified_spec, body.modification_reason) {
        (Some(_), reason) => Some(MODIFICATION_REASON.required(reason.unwrap_or_default())?),
        (None, Some(_)) => {
            return Err(Refusal::invalid("/modification_reason", "WITHOUT_MODIFIED_SPEC", json!({})).into());
        }
        (None, None) => None,
    };
    let approval = Approval {
        choice: choice(body.cluster_id, body.template_version, body.storage_class, body.modified_spec),
        digest: body.digest,
        reason: body.reason.map(|reason| REASON.read(reason)).transpose()?,
        modification_reason,
    };
    let made = app.store.ticket_approve(&keyed, TicketId(id.0), approval).await;
    let approved = or_earlier(made, async |vm| Ok(Approved { vm })).await?;
    let state = TicketState::Approved.as_str().to_owned();
    Ok(HttpResponse::Accepted().json(wire::Approved { ticket_id: id.0, vm_id: approved.vm, state }))
}

/// Reject a ticket
#[utoipa::path(post, path = "/api/v1/tickets/{id}/reject", tag = "tickets", params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours"), ("id" = uuid::Uuid, Path)),
    request_body = wire::Reason, extensions(("x-permission" = json!("governance:approval:decide"))),
    responses((status = 200, body = wire::Decision), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_reject(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::Reason>,
) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let reason = REASON.required(body.value.reason)?;
    let made = app.store.ticket_decide(&keyed, TicketId(id.0), Decided::Rejected(reason)).await;
    or_earlier(made, async |_| Ok(())).await?;
    Ok(decision(id, TicketState::Rejected))
}

/// Cancel one's own ticket
///
/// Requesters cancel; they do not reject.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/cancel", tag = "tickets", params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours"), ("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("requester"))),
    responses((status = 200, body = wire::Decision), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_cancel(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    let made = app.store.ticket_decide(&ctx.once(&Value::Null), TicketId(id.0), Decided::Cancelled).await;
    or_earlier(made, async |_| Ok(())).await?;
    Ok(decision(id, TicketState::Cancelled))
}

/// Abandon a run
///
/// What was done is taken back and the ticket fails. For the requester and for SREs.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/abandon", tag = "tickets", params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours"), ("id" = uuid::Uuid, Path)),
    request_body = wire::Reason, extensions(("x-permission" = json!("workflow:execution:abandon"))),
    responses((status = 202, body = wire::Decision), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn ticket_abandon(
    app: web::Data<App>,
    ctx: SignedIn,
    id: PathId,
    body: Body<wire::Reason>,
) -> Result<HttpResponse> {
    let keyed = ctx.once(&body.raw);
    let reason = REASON.required(body.value.reason)?;
    let made = app.store.ticket_abandon(&keyed, TicketId(id.0), reason).await;
    or_earlier(made, async |_| Ok(())).await?;
    let state = TicketState::Executing.as_str().to_owned();
    Ok(HttpResponse::Accepted().json(wire::Decision { ticket_id: id.0, state }))
}

fn decision(id: PathId, state: TicketState) -> HttpResponse {
    HttpResponse::Ok().json(wire::Decision { ticket_id: id.0, state: state.as_str().to_owned() })
}
