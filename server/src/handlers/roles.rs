//! Roles and who holds them.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::page::Pagination;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::roles::{Role, RoleBinding, RoleBindingCreate, RoleBindingList, RoleBindingParams, RoleList};
use shepherd_domain::Refusal;
use shepherd_domain::ids::{PrincipalId, WorkspaceId};
use shepherd_domain::policy::{Permission, Role as Word, RoleScope, permits};
use shepherd_store::bindings::{BindingFilter, NamedBinding, NewBinding};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Body, Params, PathId};
use crate::error::Result;
use crate::idempotency::or_earlier;
use crate::page::{page_query, pagination};

/// List roles
///
/// All there are, with what they permit.
#[utoipa::path(get, path = "/api/v1/roles", tag = "identity", extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = RoleList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn roles_list(app: web::Data<App>, ctx: SignedIn) -> Result<HttpResponse> {
    app.store.session_check(&ctx.0).await?;
    let items: Vec<Role> = Word::ALL.iter().map(|role| role_view(*role)).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(HttpResponse::Ok().json(RoleList { items, pagination: Pagination::new(1, total, total) }))
}

/// List role bindings
///
/// Those in workspaces where the caller may, oldest first.
#[utoipa::path(get, path = "/api/v1/role-bindings", tag = "identity", params(RoleBindingParams),
    extensions(("x-permission" = json!("identity:binding:read"))),
    responses((status = 200, body = RoleBindingList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn role_bindings_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<RoleBindingParams>,
) -> Result<HttpResponse> {
    let query = page_query(&params.0.page())?;
    let filter = BindingFilter {
        principal: params.0.principal_id.map(PrincipalId),
        workspace: params.0.workspace_id.map(WorkspaceId),
    };
    let page = app.store.bindings_list(&ctx.0, filter, query).await?;
    let items = page.items.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(RoleBindingList { items, pagination: pagination(query, page.total) }))
}

/// Grant a role
///
/// To somebody else. Roles of the platform also need `platform:role:grant`.
#[utoipa::path(post, path = "/api/v1/role-bindings", tag = "identity", request_body = RoleBindingCreate,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "Same key and request: the same answer; kept for 48 hours")),
    extensions(("x-permission" = json!("identity:binding:manage"))),
    responses((status = 201, body = RoleBinding), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn role_binding_create(
    app: web::Data<App>,
    ctx: SignedIn,
    body: Body<RoleBindingCreate>,
) -> Result<HttpResponse> {
    let RoleBindingCreate { principal_id, role, workspace_id } = body.value;
    let role = Word::from_word(&role).ok_or_else(|| Refusal::invalid("/role", "UNKNOWN", json!({})))?;
    if workspace_id.is_some() && role.scope() != RoleScope::Workspace {
        return Err(Refusal::invalid("/workspace_id", "NOT_ALLOWED", json!({"scope": role.scope()})).into());
    }
    let new = NewBinding { principal: PrincipalId(principal_id), role, workspace: workspace_id.map(WorkspaceId) };
    let made = app.store.binding_create(&ctx.once(&body.raw), new).await;
    let row = or_earlier(made, async |id| app.store.binding_view(&ctx.0, id).await).await?;
    let location = format!("/api/v1/role-bindings/{}", row.0.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(view(row)))
}

/// Take a role away
///
/// Not from the last administrator.
#[utoipa::path(delete, path = "/api/v1/role-bindings/{id}", tag = "identity", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("identity:binding:manage"))),
    responses((status = 204), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn role_binding_delete(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    app.store.binding_delete(&ctx.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn role_view(role: Word) -> Role {
    let scope = match role.scope() {
        RoleScope::Platform => "platform",
        RoleScope::Tenant => "tenant",
        RoleScope::Workspace => "workspace",
    };
    let permissions = Permission::ALL.iter().filter(|permission| permits(role, **permission));
    Role {
        name: role.as_str().to_owned(),
        scope: scope.to_owned(),
        permissions: permissions.map(|permission| permission.as_str().to_owned()).collect(),
    }
}

fn view((row, username): NamedBinding) -> RoleBinding {
    RoleBinding {
        id: row.id,
        principal_id: row.principal_id,
        username,
        role: row.role,
        workspace_id: row.workspace_id,
        source: row.source,
        granted_by: row.granted_by,
        created_at: row.created_at,
    }
}
