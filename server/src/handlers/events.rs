//! The stream of changes.

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use shepherd_api::events::{EventData, EventParams};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::{Code, Refusal};
use shepherd_store::events::EventCursor;

use crate::app::App;
use crate::auth::SignedIn;
use crate::body::Params;
use crate::error::Result;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Stream changes
///
/// Server-sent events about one's own things and about what one may read: ids and states only. Each event's name is
/// its `kind`, its id a place to go on from. Without one the stream begins now. The event `end` says in `code` why a
/// stream ends, as when the session is revoked.
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    params(EventParams, ("Last-Event-ID" = Option<String>, Header, pattern = "^([0-9]{1,18}-[0-9]{1,18})?$",
        description = "Id of the last event that was received; nothing, if there was none")),
    extensions(("x-permission" = json!("session"))),
    responses((status = 200, body = EventData, content_type = "text/event-stream"),
              (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn events_stream(
    app: web::Data<App>,
    ctx: SignedIn,
    request: HttpRequest,
    params: Params<EventParams>,
) -> Result<HttpResponse> {
    let after = last_event_id(&request, params.0)?;
    let stream = app.streams.open(app.store.clone(), ctx.0, after).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Proxies must not wait for more.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream))
}

fn last_event_id(request: &HttpRequest, params: EventParams) -> Result<Option<EventCursor>, Refusal> {
    let refuse = || Refusal::new(Code::InvalidQuery).with(json!({"parameter": "Last-Event-ID"}));
    let asked = params.last_event_id.as_deref().map(str::parse).transpose()?;
    let header = request.headers().get(LAST_EVENT_ID).map(|value| value.to_str().map_err(|_| refuse())).transpose()?;
    // Browsers send an empty header rather than none.
    let told = header.filter(|text| !text.is_empty()).map(|text| text.parse().map_err(|_: Refusal| refuse()));
    Ok(told.transpose()?.or(asked))
}
