//! Every route, in one table.

use actix_web::web::{self, ServiceConfig, delete, get, patch, post, resource, scope};
use shepherd_domain::Code;

use crate::error::Problem;
use crate::handlers::{decisions, health, systems, tickets};

/// Mounts the API. Unknown paths and methods answer like everything else.
pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(resource("/health/live").get(health::health_live))
        .service(resource("/health/ready").get(health::health_ready))
        .service(resource("/metrics").get(health::metrics_view))
        .service(
            scope("/api/v1")
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
                .service(at("/tickets/{id}/cancel").route(post().to(decisions::ticket_cancel))),
        )
        .default_service(web::to(|| async { Err::<&str, Problem>(Code::NotFound.into()) }));
}

fn at(path: &str) -> actix_web::Resource {
    resource(path).default_service(web::to(|| async { Err::<&str, Problem>(Code::MethodNotAllowed.into()) }))
}
