//! Every route, in one table.

use actix_web::web::{self, ServiceConfig, delete, get, patch, post, resource, scope};

use crate::contract::other_method;
use crate::handlers::{
    account, audit, clusters, console, decisions, docs, events, health, instance_sizes, namespaces, notifications,
    roles, services, setup, steps, systems, templates, ticket_lists, tickets, tokens, users, vms, workspaces,
};

/// Mounts the API. Unknown paths and methods answer like everything else.
pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(at("/health/live").route(get().to(health::health_live)))
        .service(at("/health/ready").route(get().to(health::health_ready)))
        .service(at("/metrics").route(get().to(health::metrics_view)))
        .service(
            scope("/api/v1")
                .service(at("/setup").route(get().to(setup::setup_view)).route(post().to(setup::setup_complete)))
                .configure(identity)
                .service(at("/systems").route(get().to(systems::systems_list)).route(post().to(systems::system_create)))
                .service(
                    at("/systems/{id}")
                        .route(get().to(systems::system_view))
                        .route(patch().to(systems::system_update))
                        .route(delete().to(systems::system_delete)),
                )
                .service(
                    at("/services").route(get().to(services::services_list)).route(post().to(services::service_create)),
                )
                .service(
                    at("/services/{id}")
                        .route(get().to(services::service_view))
                        .route(patch().to(services::service_update))
                        .route(delete().to(services::service_delete)),
                )
                .configure(catalogue)
                .configure(requests)
                .service(at("/steps").route(get().to(steps::steps_list)))
                .service(at("/health/dependencies").route(get().to(health::dependencies_view)))
                .service(at("/vms").route(get().to(vms::vms_list)))
                .service(at("/vms/{id}").route(get().to(vms::vm_view)))
                .service(at("/events").route(get().to(events::events_stream)))
                .service(at("/notifications").route(get().to(notifications::notifications_list)))
                .service(at("/notifications/unread-count").route(get().to(notifications::notifications_count)))
                .service(at("/notifications/read-all").route(post().to(notifications::notifications_read_all)))
                .service(at("/notifications/{id}/read").route(post().to(notifications::notification_read)))
                .service(at("/audit").route(get().to(audit::audit_list)))
                .service(at("/audit/export").route(get().to(audit::audit_export)))
                .service(at("/openapi.yaml").route(get().to(docs::openapi_view))),
        )
        .service(at("/api/docs").route(get().to(docs::docs_view)))
        .service(at("/api/docs/{asset}").route(get().to(docs::docs_asset)))
        .default_service(web::to(console::console_view));
}

/// Signing in, people, roles.
fn identity(app: &mut ServiceConfig) {
    app.service(at("/auth/token").route(post().to(tokens::token_create)))
        .service(at("/auth/refresh").route(post().to(tokens::token_refresh)))
        .service(at("/auth/login").route(post().to(tokens::session_create)))
        .service(at("/auth/logout").route(post().to(account::session_close)))
        .service(at("/auth/me").route(get().to(account::profile_view)))
        .service(at("/auth/password").route(post().to(account::password_change)))
        .service(at("/auth/sessions").route(get().to(account::sessions_list)))
        .service(at("/auth/sessions/{id}").route(delete().to(account::session_revoke)))
        .service(at("/users").route(get().to(users::users_list)).route(post().to(users::user_create)))
        .service(
            at("/users/{id}")
                .route(get().to(users::user_view))
                .route(patch().to(users::user_update))
                .route(delete().to(users::user_delete)),
        )
        .service(at("/users/{id}/password").route(post().to(users::password_reset)))
        .service(at("/roles").route(get().to(roles::roles_list)))
        .service(
            at("/role-bindings")
                .route(get().to(roles::role_bindings_list))
                .route(post().to(roles::role_binding_create)),
        )
        .service(at("/role-bindings/{id}").route(delete().to(roles::role_binding_delete)))
        .service(at("/workspaces").route(get().to(workspaces::workspaces_list)));
}

/// Requests, their decisions and their runs.
fn requests(app: &mut ServiceConfig) {
    app.service(at("/tickets").route(get().to(ticket_lists::tickets_list)).route(post().to(tickets::ticket_submit)))
        // Before the path with an id, which would take it.
        .service(at("/tickets/summary").route(get().to(ticket_lists::tickets_summary)))
        .service(at("/tickets/{id}").route(get().to(tickets::ticket_view)))
        .service(at("/tickets/{id}/preview").route(post().to(tickets::ticket_preview)))
        .service(at("/tickets/{id}/approve").route(post().to(decisions::ticket_approve)))
        .service(at("/tickets/{id}/reject").route(post().to(decisions::ticket_reject)))
        .service(at("/tickets/{id}/abandon").route(post().to(decisions::ticket_abandon)))
        .service(at("/tickets/{id}/cancel").route(post().to(decisions::ticket_cancel)));
}

/// Where VMs may run and what they are made from.
fn catalogue(app: &mut ServiceConfig) {
    app.service(
        at("/namespaces").route(get().to(namespaces::namespaces_list)).route(post().to(namespaces::namespace_create)),
    )
    .service(
        at("/namespaces/{id}")
            .route(get().to(namespaces::namespace_view))
            .route(patch().to(namespaces::namespace_update))
            .route(delete().to(namespaces::namespace_delete)),
    )
    .service(at("/templates").route(get().to(templates::templates_list)).route(post().to(templates::template_create)))
    .service(
        at("/templates/{id}")
            .route(get().to(templates::template_view))
            .route(patch().to(templates::template_update))
            .route(delete().to(templates::template_delete)),
    )
    .service(at("/templates/{id}/activate").route(post().to(templates::template_activate)))
    .service(at("/templates/{id}/deprecate").route(post().to(templates::template_deprecate)))
    .service(at("/templates/{id}/archive").route(post().to(templates::template_archive)))
    .service(
        at("/instance-sizes")
            .route(get().to(instance_sizes::instance_sizes_list))
            .route(post().to(instance_sizes::instance_size_create)),
    )
    .service(
        at("/instance-sizes/{id}")
            .route(get().to(instance_sizes::instance_size_view))
            .route(patch().to(instance_sizes::instance_size_update))
            .route(delete().to(instance_sizes::instance_size_delete)),
    )
    .service(at("/clusters").route(get().to(clusters::clusters_list)).route(post().to(clusters::cluster_register)))
    .service(
        at("/clusters/{id}")
            .route(get().to(clusters::cluster_view))
            .route(patch().to(clusters::cluster_update))
            .route(delete().to(clusters::cluster_delete)),
    )
    .service(at("/clusters/{id}/rotate").route(post().to(clusters::cluster_rotate)))
    .service(at("/clusters/{id}/check").route(post().to(clusters::cluster_check)));
}

fn at(path: &str) -> actix_web::Resource {
    resource(path).default_service(web::to(other_method))
}
