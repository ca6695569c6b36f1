//! VMs, read only: what changes them is a ticket.

use actix_web::{HttpResponse, web};
use serde_json::json;
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_api::vms as wire;
use shepherd_domain::ids::{ClusterId, NamespaceId, ServiceId, SystemId, VmId, WorkspaceId};
use shepherd_domain::vm::VmState;
use shepherd_domain::{Code, Refusal};
use shepherd_store::vms::{VmFilter, VmView};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::{Params, PathId};
use crate::cursor::Cursors;
use crate::error::Result;
use crate::page::{cursor_pagination, per_page, place};

/// List VMs
///
/// VMs that the caller may see, newest first.
#[utoipa::path(get, path = "/api/v1/vms", tag = "vms", params(wire::VmParams),
    extensions(("x-permission" = json!("compute:vm:read"))),
    responses((status = 200, body = wire::VmList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn vms_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<wire::VmParams>,
    cursors: Cursors,
) -> Result<HttpResponse> {
    let params = params.0;
    let filter = VmFilter {
        states: states(params.state.as_deref())?,
        workspace: params.workspace_id.map(WorkspaceId),
        system: params.system_id.map(SystemId),
        service: params.service_id.map(ServiceId),
        namespace: params.namespace_id.map(NamespaceId),
        cluster: params.cluster_id.map(ClusterId),
        before: place(&cursors, params.cursor.as_deref())?,
        per_page: per_page(params.per_page)?,
    };
    let page = app.store.vms_list(&ctx.0, &filter).await?;
    let pagination = cursor_pagination(&cursors, &page, filter.per_page);
    Ok(HttpResponse::Ok().json(wire::VmList { items: page.items.into_iter().map(view).collect(), pagination }))
}

/// View a VM
#[utoipa::path(get, path = "/api/v1/vms/{id}", tag = "vms", params(("id" = uuid::Uuid, Path)),
    extensions(("x-permission" = json!("compute:vm:read"))),
    responses((status = 200, body = wire::Vm), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn vm_view(app: web::Data<App>, ctx: SignedIn, id: PathId) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view(app.store.vm_view(&ctx.0, VmId(id.0)).await?)))
}

fn states(text: Option<&str>) -> Result<Vec<VmState>, Refusal> {
    let words = text.into_iter().flat_map(|text| text.split(','));
    let state = |word: &str| {
        let refuse = || Refusal::new(Code::InvalidQuery).with(json!({"parameter": "state"}));
        VmState::from_word(word).ok_or_else(refuse)
    };
    words.map(state).collect()
}

fn view(row: VmView) -> wire::Vm {
    let cluster_id = row.cluster_open.then_some(row.vm.cluster_id);
    let vm = row.vm;
    wire::Vm {
        id: vm.id,
        name: vm.name,
        state: vm.state,
        state_reason: vm.state_reason,
        observed_at: vm.observed_at,
        ticket_id: vm.ticket_id,
        workspace_id: vm.workspace_id,
        system_id: vm.system_id,
        system: row.system,
        service_id: vm.service_id,
        service: row.service,
        instance: vm.instance,
        namespace_id: vm.namespace_id,
        namespace: row.namespace,
        physical_namespace: vm.physical_namespace,
        cluster_id,
        cluster: row.cluster,
        node: vm.node_name,
        guest_ip: vm.guest_ip,
        uid: vm.uid,
        labels: vm.labels,
        created_by: vm.created_by,
        created_at: vm.created_at,
        updated_at: vm.updated_at,
    }
}
