//! Workspaces.

use actix_web::{HttpResponse, web};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::workspaces::{Workspace, WorkspaceList, WorkspaceParams};
use shepherd_store::workspaces::Workspace as Row;

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::Params;
use crate::error::Result;
use crate::page::{page_query, pagination};

/// List workspaces
///
/// Of the tenant, by name.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "hierarchy", params(WorkspaceParams),
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = WorkspaceList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn workspaces_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<WorkspaceParams>,
) -> Result<HttpResponse> {
    let query = page_query(&params.0.page())?;
    let page = app.store.workspaces_list(&ctx.0, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(WorkspaceList { items, pagination: pagination(query, page.total) }))
}

fn view(row: Row) -> Workspace {
    Workspace { id: row.id, name: row.name, region: row.region, created_at: row.created_at }
}
