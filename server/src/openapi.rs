//! The contract, derived from the handlers. What is served is `api/openapi.yaml`, which people review; a test holds
//! the two together: `UPDATE_GOLDEN=1` writes the file anew.

use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::{AdditionalProperties, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr, Response, Schema};
use utoipa::{Modify, OpenApi};

use crate::handlers::*;

/// Every operation, a line for each file of handlers. Another test compares it with the table of routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Shepherd",
        version = "1.0.0",
        description = "Governed self-service for virtual machines on KubeVirt.\n\n\
            Errors are `application/problem+json` with a stable `code` and `params`, without sentences. Unknown fields \
            and parameters are refused. `x-permission` names what an operation needs: a permission, `requester` for the \
            person who asked, `session` for anybody signed in, `public` for nothing.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "The installation that serves this document")),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Schemes, &Descriptions, &Closed, &Headers),
    // Types of query parameters are not collected by themselves.
    components(schemas(shepherd_api::page::SortOrder)),
    paths(
        account::profile_view, account::password_change, account::session_close, account::sessions_list, account::session_revoke,
        audit::audit_list, audit::audit_export,
        clusters::clusters_list, clusters::cluster_view, clusters::cluster_register, clusters::cluster_update, clusters::cluster_rotate, clusters::cluster_check, clusters::cluster_delete,
        decisions::ticket_approve, decisions::ticket_reject, decisions::ticket_cancel, decisions::ticket_abandon,
        docs::openapi_view,
        events::events_stream,
        health::health_live, health::health_ready, health::dependencies_view,
        instance_sizes::instance_sizes_list, instance_sizes::instance_size_view, instance_sizes::instance_size_create, instance_sizes::instance_size_update, instance_sizes::instance_size_delete,
        namespaces::namespaces_list, namespaces::namespace_view, namespaces::namespace_create, namespaces::namespace_update, namespaces::namespace_delete,
        notifications::notifications_list, notifications::notifications_count, notifications::notification_read, notifications::notifications_read_all,
        roles::roles_list, roles::role_bindings_list, roles::role_binding_create, roles::role_binding_delete,
        services::services_list, services::service_view, services::service_create, services::service_update, services::service_delete,
        setup::setup_view, setup::setup_complete,
        steps::steps_list,
        systems::systems_list, systems::system_view, systems::system_create, systems::system_update, systems::system_delete,
        templates::templates_list, templates::template_view, templates::template_create, templates::template_update, templates::template_delete, templates::template_activate, templates::template_deprecate, templates::template_archive,
        ticket_lists::tickets_list, ticket_lists::tickets_summary,
        tickets::ticket_submit, tickets::ticket_view, tickets::ticket_preview,
        tokens::token_create, tokens::token_refresh, tokens::session_create,
        users::users_list, users::user_view, users::user_create, users::user_update, users::user_delete, users::password_reset,
        vms::vms_list, vms::vm_view,
        workspaces::workspaces_list,
    )
)]
pub(crate) struct Contract;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("Access token of `POST /api/v1/auth/token`; for programs."));
        let cookie = ApiKeyValue::with_description(
            "__Host-shepherd",
            "Session of the console; without the prefix on plain loopback HTTP. Changes must come from the console's origin.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// OpenAPI wants a description of each response; the status says enough.
struct Descriptions;

impl Modify for Descriptions {
    fn modify(&self, document: &mut Document) {
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for (status, response) in operations.into_iter().flatten().flat_map(|o| &mut o.responses.responses) {
                if let RefOr::T(Response { description, .. }) = response
                    && description.is_empty()
                {
                    *description = describe(status).to_owned();
                }
            }
        }
    }
}

/// Members of a variant are all that it has: serde keeps to that, and utoipa does not say it of an enum.
struct Closed;

impl Modify for Closed {
    fn modify(&self, document: &mut Document) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        let Some(RefOr::T(Schema::OneOf(source))) = schemas.get_mut("BootSource") else { return };
        for variant in &mut source.items {
            if let RefOr::T(Schema::Object(object)) = variant {
                object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
}

/// A header that is not there is absent. There is no null that one could send.
struct Headers;

impl Modify for Headers {
    fn modify(&self, document: &mut Document) {
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            let parameters = operations.into_iter().flatten().filter_map(|o| o.parameters.as_mut()).flatten();
            let parameters = parameters.filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(parameter),
                RefOr::Ref(_) => None,
            });
            for parameter in parameters.filter(|parameter| parameter.parameter_in == ParameterIn::Header) {
                if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema {
                    object.schema_type = Type::String.into();
                }
            }
        }
    }
}

fn describe(status: &str) -> &'static str {
    match status {
        "default" => "Refused or failed; `code` says why.",
        "201" => "Created.",
        "202" => "Accepted; the work follows by itself.",
        _ => "Done.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.yaml");
    /// Routes that are no part of the contract.
    const OUTSIDE: [&str; 4] = ["metrics_view", "docs_view", "docs_asset", "console_view"];

    #[test]
    fn the_committed_contract_is_the_derived_one() -> Result<(), Box<dyn std::error::Error>> {
        let derived = serde_saphyr::to_string(&Contract::openapi())?;
        let read: Value = serde_saphyr::from_str(&derived)?;
        assert_eq!(read, serde_json::to_value(Contract::openapi())?, "YAML says something else than JSON");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(COMMITTED, &derived)?;
        }
        assert!(std::fs::read_to_string(COMMITTED)? == derived, "api/openapi.yaml is stale; UPDATE_GOLDEN=1 renews it");
        Ok(())
    }

    #[test]
    fn every_operation_says_what_it_needs_and_how_it_fails() {
        for (place, operation) in operations() {
            assert!(operation["operationId"].is_string(), "{place} has no operationId");
            assert!(operation["x-permission"].is_string(), "{place} has no x-permission");
            assert!(operation["summary"].is_string(), "{place} has no summary");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{place} has no problem response");
            let public = operation["x-permission"] == "public";
            assert_eq!(
                operation["security"] == serde_json::json!([{}]),
                public,
                "{place}: open to nobody else than said"
            );
        }
    }

    #[test]
    fn every_route_is_an_operation_named_like_its_handler() {
        let table = include_str!("routes.rs");
        let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
        let handlers = table.split('(').filter_map(|rest| rest.split_once(')')?.0.split_once("::"));
        let routes: BTreeSet<_> = handlers
            .filter(|(module, name)| word(module) && word(name) && !OUTSIDE.contains(name))
            .map(|(_, name)| name.to_owned())
            .collect();
        let named = |(_, operation): (String, Value)| operation["operationId"].as_str().map(str::to_owned);
        let documented: BTreeSet<_> = operations().into_iter().filter_map(named).collect();
        assert_eq!(documented, routes);
    }

    #[test]
    fn every_type_that_is_named_is_described() {
        let document = serde_json::to_value(Contract::openapi()).unwrap_or_default();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
        }
    }

    fn operations() -> Vec<(String, Value)> {
        let document = serde_json::to_value(Contract::openapi()).unwrap_or_default();
        let paths = document["paths"].as_object().cloned().unwrap_or_default();
        assert!(!paths.is_empty());
        let of = |(path, item): (String, Value)| {
            let item = item.as_object().cloned().unwrap_or_default();
            item.into_iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        };
        paths.into_iter().flat_map(of).collect()
    }
}
