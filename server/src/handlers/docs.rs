//! The contract, and a page to browse it: Swagger UI, bundled. It loads nothing from anywhere else, and its policy
//! would not let it.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse};
use shepherd_api::problem::Problem as ProblemBody;
use shepherd_domain::Code;
use swagger_ui_redist::SwaggerUi;

use crate::error::Result;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shepherd API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/reference.js"></script>
</body>
</html>
"#;

const SCRIPT: &str = r##"SwaggerUIBundle({
  url: "/api/v1/openapi.yaml",
  dom_id: "#reference",
  deepLinking: true,
  displayOperationId: true,
  docExpansion: "none",
  showExtensions: true,
  syntaxHighlight: false,
  validatorUrl: null,
});
"##;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// View the contract
///
/// This document. `/api/docs` shows it to people.
#[utoipa::path(get, path = "/api/v1/openapi.yaml", tag = "platform", security(()),
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = Object, content_type = "application/yaml"),
              (status = "default", body = ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn openapi_view() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(shepherd_api::OPENAPI)
}

/// Page that shows the contract.
pub(crate) async fn docs_view() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

/// What the page loads.
pub(crate) async fn docs_asset(request: HttpRequest) -> Result<HttpResponse> {
    let name = request.match_info().get("asset").unwrap_or_default();
    let bundled = || SwaggerUi::static_files().iter().find(|(file, _)| file.file_name() == name);
    let content: &'static [u8] = match name {
        "reference.js" => SCRIPT.as_bytes(),
        _ => bundled().ok_or(Code::NotFound)?.1,
    };
    let content_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/png",
    };
    Ok(HttpResponse::Ok()
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "max-age=3600"))
        .content_type(content_type)
        .body(content))
}
