//! Steps of all runs under way.

use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::steps as wire;
use shepherd_domain::ids::WorkspaceId;
use shepherd_domain::step::StepState;
use shepherd_domain::{Code, Refusal};
use shepherd_store::tickets::{OpenStep, StepFilter};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::Params;
use crate::error::Result;
use crate::page::{page_by, pagination};

/// List open steps
///
/// Steps that run, are tried again or have failed, of tickets that are executing.
#[utoipa::path(get, path = "/api/v1/steps", tag = "tickets", params(wire::StepParams),
    extensions(("x-permission" = json!("workflow:execution:read"))),
    responses((status = 200, body = wire::StepList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn steps_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::StepParams>,
) -> Result<HttpResponse> {
    let params = params.0;
    let query = page_by(params.page, params.per_page, params.sort_order)?;
    let filter = StepFilter {
        states: states(params.state.as_deref())?,
        workspace: params.workspace_id.map(WorkspaceId),
        overdue: params.overdue,
    };
    let page = app.store.steps_list(&ctx.0, &filter, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(wire::StepList { items, pagination: pagination(query, page.total) }))
}

fn states(text: Option<&str>) -> Result<Vec<StepState>, Refusal> {
    let words = text.into_iter().flat_map(|text| text.split(','));
    let state = |word: &str| {
        let refuse = || Refusal::new(Code::InvalidQuery).with(json!({"parameter": "state"}));
        StepState::OPEN.into_iter().find(|state| state.as_str() == word).ok_or_else(refuse)
    };
    words.map(state).collect()
}

fn view(row: OpenStep) -> wire::OpenStep {
    wire::OpenStep {
        ticket_id: row.ticket_id,
        workspace_id: row.workspace_id,
        vm_name: row.vm_name,
        run_state: row.run_state,
        cluster: row.cluster,
        name: row.name,
        state: row.state,
        attempt: row.attempt,
        started_at: row.started_at,
        failing_since: row.failing_since,
        fault_code: row.fault.as_ref().and_then(|fault| Some(fault["code"].as_str()?.to_owned())),
        fault: row.fault,
        next_try_at: row.next_try_at,
        deadline_at: row.deadline_at,
        overdue: row.overdue,
    }
}
