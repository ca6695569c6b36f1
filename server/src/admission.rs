//! Turns requests away while too many wait for the database: an answer at once is worth more than one that comes too
//! late, and what is let in is answered as fast as without the others.
//!
//! What counts is who waits for a connection at this moment. Bodies that arrive slowly and streams that stay open hold
//! none, so that nobody shuts others out with them.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use actix_web::{Error, HttpMessage as _};
use serde_json::json;
use shepherd_domain::{Code, Refusal};

use crate::app::App;
use crate::body::in_time;
use crate::error::Problem;

/// How many may wait for each connection: what it works off in some hundredths of a second.
const WAITING_PER_CONNECTION: usize = 8;

/// Refuses a request that would be one too many, before anything is looked at.
pub(crate) async fn admit<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if is_bounded(request.path())
        && let Some(app) = request.app_data::<web::Data<App>>()
    {
        let limit = usize::from(app.config.database_connections) * WAITING_PER_CONNECTION;
        if app.store.n_waiting() >= limit {
            // A body that nobody reads ends the connection, and who comes back pays for a new one.
            in_time(&mut request.take_payload()).await?;
            return Err(Problem::from(Refusal::new(Code::RateLimited).with(json!({"retry_after": 1}))).into());
        }
    }
    next.call(request).await
}

/// Probes must not take a busy server for a dead one, and signing in has bounds of its own.
fn is_bounded(path: &str) -> bool {
    path.strip_prefix("/api/v1/").is_some_and(|path| !path.starts_with("auth/") && path != "setup")
}

#[cfg(test)]
mod tests {
    use super::is_bounded;

    #[test]
    fn probes_the_console_and_signing_in_are_never_turned_away() {
        for path in
            ["/", "/tickets", "/health/live", "/health/ready", "/metrics", "/api/v1/auth/token", "/api/v1/setup"]
        {
            assert!(!is_bounded(path), "{path}");
        }
        for path in ["/api/v1/tickets", "/api/v1/events", "/api/v1/audit/export", "/api/v1/health/dependencies"] {
            assert!(is_bounded(path), "{path}");
        }
    }
}
