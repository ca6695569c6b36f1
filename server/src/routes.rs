//! Every route, in one table.

use actix_web::web::{self, ServiceConfig, delete, get, patch, post, resource, scope};
use shepherd_domain::Code;

use crate::error::Problem;
use crate::handlers::{audit, decisions, docs, events, health, notifications, systems, tickets, vms};

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
                .service(at("/tickets/{id}/cancel").route(post().to(decisions::ticket_cancel)))
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
        .default_service(web::to(|| async { Err::<&str, Problem>(Code::NotFound.into()) }));
}

fn at(path: &str) -> actix_web::Resource {
    resource(path).default_service(web::to(|| async { Err::<&str, Problem>(Code::MethodNotAllowed.into()) }))
}
