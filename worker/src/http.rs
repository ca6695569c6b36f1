//! Health, metrics and the codec endpoint of Temporal UI.

use actix_web::dev::Server;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, VARY,
};
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use temporalio_common::protos::temporal::api::common::v1::Payload;

use crate::codec::Codec;
use crate::config::Config;
use crate::health::Health;

/// Most bytes of a call of the codec endpoint.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// What the routes share. The codec is known once the key is.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) health: Health,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) codec: Arc<OnceLock<Codec>>,
    pub(crate) ui_origin: Option<String>,
}

/// Payloads in the JSON form of Temporal's API.
#[derive(Serialize, Deserialize)]
struct Payloads {
    payloads: Vec<JsonPayload>,
}

#[derive(Serialize, Deserialize)]
struct JsonPayload {
    #[serde(default)]
    metadata: HashMap<String, String>,
    #[serde(default)]
    data: String,
}

/// Serves on an address that is bound already.
///
/// # Errors
/// When the listener cannot be used.
pub(crate) fn serve(listener: TcpListener, config: &Config, shared: Shared) -> std::io::Result<Server> {
    let capability = config.codec_capability.clone();
    let server = HttpServer::new(move || {
        let app = App::new()
            .app_data(web::Data::new(shared.clone()))
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .app_data(web::JsonConfig::default().limit(MAX_BODY))
            .route("/health/live", web::get().to(|| async { HttpResponse::Ok().json(json!({"status": "ok"})) }))
            .route("/health/ready", web::get().to(ready))
            .route("/metrics", web::get().to(metrics));
        // Without the capability in its path the endpoint does not exist.
        match &capability {
            Some(secret) => app
                .route(&format!("/codec/{secret}/decode"), web::post().to(decode))
                .route(&format!("/codec/{secret}/encode"), web::post().to(encode))
                .route(
                    &format!("/codec/{secret}/{{call}}"),
                    web::method(actix_web::http::Method::OPTIONS).to(preflight),
                ),
            None => app,
        }
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

async fn ready(shared: web::Data<Shared>) -> HttpResponse {
    let (ready, body) = shared.health.report();
    if ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

async fn metrics(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(shared.metrics.render())
}

async fn preflight(shared: web::Data<Shared>) -> HttpResponse {
    allowed(&shared, HttpResponse::NoContent().finish())
}

async fn decode(shared: web::Data<Shared>, body: web::Json<Payloads>) -> HttpResponse {
    convert(&shared, body.into_inner(), |codec, payload| codec.open(payload).ok())
}

async fn encode(shared: web::Data<Shared>, body: web::Json<Payloads>) -> HttpResponse {
    convert(&shared, body.into_inner(), |codec, payload| codec.seal(&payload).ok())
}

fn convert(shared: &Shared, body: Payloads, act: impl Fn(&Codec, Payload) -> Option<Payload>) -> HttpResponse {
    let Some(codec) = shared.codec.get() else {
        return allowed(shared, HttpResponse::ServiceUnavailable().json(json!({"code": "DEPENDENCY_UNAVAILABLE"})));
    };
    let converted: Option<Vec<_>> = body
        .payloads
        .into_iter()
        .map(|p| p.read().and_then(|p| act(codec, p)).map(|p| JsonPayload::write(&p)))
        .collect();
    let response = match converted {
        Some(payloads) => HttpResponse::Ok().json(Payloads { payloads }),
        None => HttpResponse::BadRequest().json(json!({"code": "PAYLOAD_REFUSED"})),
    };
    allowed(shared, response)
}

/// Only Temporal UI's own pages may read the answer in a browser.
fn allowed(shared: &Shared, mut response: HttpResponse) -> HttpResponse {
    let origin = shared.ui_origin.as_deref().and_then(|origin| origin.parse().ok());
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(VARY, actix_web::http::header::HeaderValue::from_static("Origin"));
        let methods = actix_web::http::header::HeaderValue::from_static("POST, OPTIONS");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        let names = actix_web::http::header::HeaderValue::from_static("content-type, x-namespace, authorization");
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    response
}

impl JsonPayload {
    fn read(self) -> Option<Payload> {
        let metadata: Option<HashMap<_, _>> =
            self.metadata.into_iter().map(|(name, value)| Some((name, STANDARD.decode(value).ok()?))).collect();
        Some(Payload { metadata: metadata?, data: STANDARD.decode(self.data).ok()?, ..Payload::default() })
    }

    fn write(payload: &Payload) -> Self {
        let metadata = payload.metadata.iter().map(|(name, value)| (name.clone(), STANDARD.encode(value))).collect();
        Self { metadata, data: STANDARD.encode(&payload.data) }
    }
}
