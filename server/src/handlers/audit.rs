//! The audit log.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Datelike as _, Utc};
use futures_util::stream::try_unfold;
use serde_json::json;
use shepherd_api::audit::{AuditActor, AuditExportParams, AuditList, AuditParams, AuditRecord, AuditResource};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::audit::Outcome;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::{Code, Refusal};
use shepherd_store::Error as StoreError;
use shepherd_store::audit::{AuditExport, AuditFilter, Record};
use tracing::{Instrument, Span, warn};

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::Params;
use crate::cursor::Cursors;
use crate::error::Result;
use crate::page::{cursor_pagination, per_page, place};
use crate::request_id::chain;

/// List audit records
///
/// Newest first. Reading them is recorded as well.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditParams),
    extensions(("x-permission" = json!("audit:log:read"))),
    responses((status = 200, body = AuditList), (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn audit_list(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<AuditParams>,
    cursors: Cursors,
) -> Result<HttpResponse> {
    let before = place(&cursors, params.0.cursor.as_deref())?;
    let per_page = per_page(params.0.per_page)?;
    let page = app.store.audit_list(&ctx.0, &filter(params.0.into())?, before, per_page).await?;
    let pagination = cursor_pagination(&cursors, &page, per_page);
    Ok(HttpResponse::Ok().json(AuditList { items: page.items.into_iter().map(view).collect(), pagination }))
}

/// Export audit records
///
/// One record (as in the list) a line, newest first; the newest 100,000 of those that match. The header `X-Truncated`
/// says whether older ones were left out. An answer that breaks off is incomplete.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "audit", params(AuditExportParams),
    extensions(("x-permission" = json!("audit:export:create"))),
    responses((status = 200, body = AuditRecord, content_type = "application/x-ndjson",
               headers(("X-Truncated" = bool, description = "Whether older records were left out"))),
              (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn audit_export(
    app: web::Data<App>,
    ctx: SignedIn,
    params: Params<AuditExportParams>,
) -> Result<HttpResponse> {
    let export = app.store.audit_export(&ctx.0, filter(params.0)?).await?;
    let truncated = ("X-Truncated", export.truncated.to_string());
    let span = Span::current();
    let lines = try_unfold(export, move |export| next_lines(export).instrument(span.clone()));
    Ok(HttpResponse::Ok()
        .insert_header(truncated)
        .insert_header(("Content-Disposition", "attachment; filename=\"audit.jsonl\""))
        .content_type("application/x-ndjson")
        .streaming(lines))
}

/// Lines of the next page. An error breaks the answer off, which a client can tell from its end.
async fn next_lines(mut export: AuditExport) -> Result<Option<(Bytes, AuditExport)>, StoreError> {
    let records = export.next().await.inspect_err(|error| warn!(error = chain(error), "export broke off"))?;
    Ok(records.map(|records| {
        let mut lines = Vec::with_capacity(records.len() * 768);
        for record in records {
            // A record holds nothing that JSON cannot.
            lines.extend(serde_json::to_vec(&view(record)).unwrap_or_default());
            lines.push(b'\n');
        }
        (lines.into(), export)
    }))
}

fn filter(params: AuditExportParams) -> Result<AuditFilter, Refusal> {
    let refuse = |parameter| Refusal::new(Code::InvalidQuery).with(json!({"parameter": parameter}));
    let short = |parameter, maximum, value: Option<String>| match value {
        Some(text) if text.is_empty() || text.chars().count() > maximum => Err(refuse(parameter)),
        value => Ok(value),
    };
    // PostgreSQL's calendar is shorter than ours, and nobody asks for other years.
    let moment = |parameter, at: Option<DateTime<Utc>>| match at {
        Some(at) if !(1..=9999).contains(&at.year()) => {
            let params = json!({"parameter": parameter, "minimum": "0001", "maximum": "9999"});
            Err(Refusal::new(Code::InvalidQuery).with(params))
        }
        at => Ok(at),
    };
    let outcome = |word: String| Outcome::from_word(&word).ok_or_else(|| refuse("outcome"));
    Ok(AuditFilter {
        action: short("action", 100, params.action)?,
        actor: params.actor_id.map(PrincipalId),
        resource_type: short("resource_type", 100, params.resource_type)?,
        resource_id: short("resource_id", 255, params.resource_id)?,
        outcome: params.outcome.map(outcome).transpose()?,
        request: params.request_id,
        from: moment("from", params.from)?,
        to: moment("to", params.to)?,
        platform: params.platform.unwrap_or(false),
    })
}

fn view(row: Record) -> AuditRecord {
    AuditRecord {
        tenant_id: row.tenant_id,
        id: row.id,
        at: row.at,
        action: row.action,
        outcome: row.outcome,
        actor: AuditActor { id: row.actor_id, name: row.actor_name },
        session_id: row.session_id,
        resource: AuditResource { r#type: row.resource_type, id: row.resource_id, name: row.resource_name },
        workspace_id: row.workspace_id,
        details: row.details,
        spec_digest: row.spec_digest,
        workflow_id: row.workflow_id,
        run_id: row.run_id,
        request_id: row.request_id,
        source: row.source,
        ip: row.ip,
        user_agent: row.user_agent,
        leaf_hash: row.leaf_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
