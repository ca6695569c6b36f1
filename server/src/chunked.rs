//! Bodies whose length is not said are read as a whole before anything else.
//!
//! What is behind the last chunk that was read belongs to the same request, so the transport waits for the end of
//! such a body even after the answer, and for ever. Here it gets as long as any other body.

use actix_web::Error;
use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll};
use uuid::Uuid;

use crate::body::in_time;
use crate::request_id::HEADER;

/// Reads the body of a request that does not say how long it is.
pub(crate) async fn whole<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if !request.chunked().unwrap_or(true) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let mut payload = request.take_payload();
    match in_time(&mut payload).await {
        Ok(bytes) => {
            request.set_payload(Bytes::from(bytes).into());
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => {
            let id = Uuid::now_v7();
            let mut response = problem.response(id);
            if let Ok(value) = id.to_string().parse() {
                response.headers_mut().insert(HEADER, value);
            }
            let held = response.map_body(|_, body| Held { body, _payload: Box::new(payload) });
            Ok(request.into_response(held.map_into_boxed_body()).map_into_right_body())
        }
    }
}

/// A body that holds what is left of the request's until it is sent, from which the transport knows that the
/// connection is of no more use.
struct Held {
    body: BoxBody,
    _payload: Box<Payload>,
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
