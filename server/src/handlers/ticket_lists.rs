//! Lists of tickets and what stands above them.

use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::ticket_lists as wire;
use shepherd_domain::ids::{NamespaceId, PrincipalId, ServiceId, SystemId, VmId, WorkspaceId};
use shepherd_domain::ticket::TicketState;
use shepherd_domain::{Code, Refusal};
use shepherd_store::tickets::{TicketCursor, TicketFilter, TicketSort};

use super::ticket_views::{row, summary};
use crate::app::App;
use crate::auth::SignedIn;
use crate::body::Params;
use crate::cursor::Cursors;
use crate::error::Result;
use crate::page::{cursor_pagination, per_page};

/// Longest text that is searched for.
const LONGEST_TEXT: usize = 200;

/// List tickets
///
/// The caller's own, and those of workspaces whose tickets the caller may read.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(wire::TicketParams),
    extensions(("x-permission" = json!("governance:ticket:read"))),
    responses((status = 200, body = wire::TicketList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn tickets_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::TicketParams>,
    cursors: Cursors,
) -> Result<HttpResponse> {
    let cursor = cursors.read(params.0.cursor.as_deref())?;
    let filter = filter(params.0, cursor.as_deref())?;
    let page = app.store.tickets_list(&ctx.0, &filter).await?;
    let pagination = cursor_pagination(&cursors, &page, filter.per_page);
    Ok(HttpResponse::Ok().json(wire::TicketList { items: page.items.into_iter().map(row).collect(), pagination }))
}

/// Summarise tickets
///
/// Numbers of the caller's inbox: what waits, how long, and how fast decisions are made.
#[utoipa::path(get, path = "/api/v1/tickets/summary", tag = "tickets",
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = wire::TicketSummary), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn tickets_summary(app: web::Data<App>, ctx: SignedIn) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(summary(&app.store.tickets_summary(&ctx.0).await?)))
}

fn filter(params: wire::TicketParams, cursor: Option<&str>) -> Result<TicketFilter, Refusal> {
    let (sort, states) = (sort(params.sort.as_deref())?, states(params.state.as_deref())?);
    let decidable = params.decidable.unwrap_or(false);
    // What was decided has no deadline ahead, and there is no end to how much was.
    if sort == TicketSort::Deadline && !decidable && states != [TicketState::Pending] {
        return Err(Refusal::new(Code::InvalidQuery).with(json!({"parameter": "sort", "rule": "pending"})));
    }
    Ok(TicketFilter {
        states,
        decidable,
        workspace: params.workspace_id.map(WorkspaceId),
        system: params.system_id.map(SystemId),
        service: params.service_id.map(ServiceId),
        namespace: params.namespace_id.map(NamespaceId),
        requester: params.requester_id.map(PrincipalId),
        vm: params.vm_id.map(VmId),
        text: text(params.q)?,
        sort,
        after: cursor.map(|cursor| TicketCursor::parse(cursor, sort)).transpose()?,
        per_page: per_page(params.per_page)?,
    })
}

fn states(text: Option<&str>) -> Result<Vec<TicketState>, Refusal> {
    let words = text.into_iter().flat_map(|text| text.split(','));
    let state = |word: &str| {
        let refuse = || Refusal::new(Code::InvalidQuery).with(json!({"parameter": "state"}));
        TicketState::from_word(word).ok_or_else(refuse)
    };
    words.map(state).collect()
}

fn sort(word: Option<&str>) -> Result<TicketSort, Refusal> {
    match word {
        None | Some("-created_at") => Ok(TicketSort::Newest),
        Some("created_at") => Ok(TicketSort::Oldest),
        Some("deadline_at") => Ok(TicketSort::Deadline),
        Some(_) => Err(Refusal::new(Code::InvalidQuery).with(json!({"parameter": "sort"}))),
    }
}

/// What is searched for; an empty field of a form searches for nothing.
fn text(given: Option<String>) -> Result<Option<String>, Refusal> {
    let text = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > LONGEST_TEXT => {
            Err(Refusal::new(Code::InvalidQuery).with(json!({"parameter": "q", "maximum": LONGEST_TEXT})))
        }
        text => Ok(text),
    }
}
