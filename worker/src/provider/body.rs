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

/// The cluster sent a line that no object can be; it would be held in memory as a whole.
#[derive(Debug, thiserror::Error)]
#[error("a line of more than {0} bytes")]
pub(super) struct TooLong(usize);

/// Body that fails when no frame comes within a time, or a line does not end.
pub(super) struct Impatient<B> {
    body: B,
    patience: Duration,
    alarm: Pin<Box<Sleep>>,
    longest: usize,
    /// Bytes since the last end of a line.
    line: usize,
}

impl<B> Impatient<B> {
    /// A body whose lines have at most `longest` bytes.
    pub(super) fn new(body: B, patience: Duration, longest: usize) -> Self {
        Self { body, patience, alarm: Box::pin(tokio::time::sleep(patience)), longest, line: 0 }
    }

    fn measure(&mut self, data: &Bytes) -> Result<(), BoxError> {
        self.line = match data.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => data.len() - end - 1,
            None => self.line + data.len(),
        };
        if self.line > self.longest { Err(TooLong(self.longest).into()) } else { Ok(()) }
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
            return Poll::Ready(frame.map(|frame| {
                let frame = frame.map_err(Into::into)?;
                frame.data_ref().map_or(Ok(()), |data| self.measure(data))?;
                Ok(frame)
            }));
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
        let read = Impatient::new(silent, Duration::from_millis(5), usize::MAX).collect().await;
        assert!(read.is_err_and(|error| error.is::<TooSlow>()));
    }

    #[tokio::test]
    async fn prompt_body_passes() {
        let read = Impatient::new(Full::new(Bytes::from_static(b"a")), Duration::from_secs(5), 1).collect().await;
        assert!(read.is_ok_and(|body| body.to_bytes() == "a"));
    }

    #[tokio::test]
    async fn line_without_end_fails_and_many_lines_pass() {
        let read = async |pieces: &'static [&'static str]| {
            let frames =
                pieces.iter().map(|piece| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(piece.as_bytes()))));
            let body = StreamBody::new(futures::stream::iter(frames));
            Impatient::new(body, Duration::from_secs(5), 4).collect().await
        };
        assert!(read(&["ab", "c\nab", "cd", "\n", "abcd"]).await.is_ok());
        assert!(read(&["ab", "cd", "e"]).await.is_err_and(|error| error.is::<TooLong>()));
        assert!(read(&["ab\nabcde"]).await.is_err_and(|error| error.is::<TooLong>()));
    }
}
