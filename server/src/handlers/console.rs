//! The console: a single page and its assets, carried by this program.

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;
use shepherd_domain::Code;

use crate::error::Result;

/// What `cargo xtask` makes of `web/`. Read from there in debug builds, part of the program in release builds.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Console;

const PAGE: &str = "index.html";
/// Where files lie whose name holds a hash of their content.
const HASHED: &str = "assets/";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The console's page for every path that is no file: the page itself knows what belongs there. A hashed asset of
/// another release is missed, not replaced by the page.
pub(crate) async fn console_view(request: HttpRequest) -> Result<HttpResponse> {
    let path = request.path().trim_start_matches('/');
    let reading = [Method::GET, Method::HEAD].contains(request.method());
    if !reading || ["api/", "health/", "metrics"].iter().any(|ours| path.starts_with(ours)) || path == "api" {
        return Err(Code::NotFound.into());
    }
    let file = if path.is_empty() { PAGE } else { path };
    match served(&request, file) {
        Some(response) => Ok(response),
        None if path.starts_with(HASHED) => Err(Code::NotFound.into()),
        None => served(&request, PAGE).ok_or_else(|| Code::NotFound.into()),
    }
}

fn served(request: &HttpRequest, file: &str) -> Option<HttpResponse> {
    let content_type = content_type(file)?;
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Made by the build beside each file.
    let packed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, ending)| {
        let wanted = accepted.split(',').any(|word| word.trim().split(';').next() == Some(encoding));
        Console::get(&format!("{file}.{ending}")).filter(|_| wanted).map(|found| (encoding, found))
    });
    let mut response = HttpResponse::Ok();
    let content = match packed {
        Some((encoding, found)) => {
            response.insert_header((CONTENT_ENCODING, encoding));
            found
        }
        None => Console::get(file)?,
    };
    let cache = if file.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((VARY, header::HeaderValue::from_static("accept-encoding")))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY));
    Some(response.body(content.data.into_owned()))
}

/// Type of what the build makes; nothing else is handed out.
fn content_type(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => return None,
    })
}
