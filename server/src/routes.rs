//! Every route, in one table.

use actix_web::web::{self, ServiceConfig, delete, get, patch, post, resource, scope};
use shepherd_domain::Code;

use crate::error::Problem;
use crate::handlers::{account, decisions, health, roles, setup, systems, tickets, tokens, users, workspaces};

/// Mounts the API. Unknown paths and methods answer like everything else.
pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(resource("/health/live").get(health::health_live))
        .service(resource("/health/ready").get(health::health_ready))
        .service(resource("/metrics").get(health::metrics_view))
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
                .service(at("/tickets").route(get().to(tickets::tickets_list)).route(post().to(tickets::ticket_submit)))
                .service(at("/tickets/{id}").route(get().to(tickets::ticket_view)))
                .service(at("/tickets/{id}/preview").route(post().to(tickets::ticket_preview)))
                .service(at("/tickets/{id}/approve").route(post().to(decisions::ticket_approve)))
                .service(at("/tickets/{id}/reject").route(post().to(decisions::ticket_reject)))
                .service(at("/tickets/{id}/abandon").route(post().to(decisions::ticket_abandon)))
                .service(at("/tickets/{id}/cancel").route(post().to(decisions::ticket_cancel))),
        )
        .default_service(web::to(|| async { Err::<&str, Problem>(Code::NotFound.into()) }));
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

fn at(path: &str) -> actix_web::Resource {
    resource(path).default_service(web::to(|| async { Err::<&str, Problem>(Code::MethodNotAllowed.into()) }))
}
