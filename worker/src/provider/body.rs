//! Body of an answer that may not keep us waiting.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tower::BoxError;

/// The cluster kept us waiting for too long.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", .0.as_secs())]
pub(super) struct TooSlow(pub(super) Duration);

/// Body that fails when no frame comes within a time.
pub(super) struct Impatient<B> {
    body: B,
    patience: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl<B> Impatient<B> {
    pub(super) fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, alarm: Box::pin(tokio::time::sleep(patience)) }
    }
}

impl<B> Body for Impatient<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let next = Instant::now() + self.patience;
            self.alarm.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = self.patience;
        self.alarm.as_mut().poll(cx).map(|()| Some(Err(TooSlow(patience).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full, StreamBody};

    use super::*;

    #[tokio::test]
    async fn silent_body_fails() {
        let silent = StreamBody::new(futures::stream::pending::<Result<Frame<Bytes>, std::io::Error>>());
        let read = Impatient::new(silent, Duration::from_millis(5)).collect().await;
        assert!(read.is_err_and(|error| error.is::<TooSlow>()));
    }

    #[tokio::test]
    async fn prompt_body_passes() {
        let read = Impatient::new(Full::new(Bytes::from_static(b"a")), Duration::from_secs(5)).collect().await;
        assert!(read.is_ok_and(|body| body.to_bytes() == "a"));
    }
}
