//! The body of a forwarded answer: frames pass as they come, the journal learns of the end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::call::Call;
use crate::glimpse::{self, Glimpse};
use crate::journal::Outcome;

pub type AnswerBody = UnsyncBoxBody<Bytes, Failure>;
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The connection is to be ended in place of an answer.
#[derive(Debug)]
pub struct Severed;

impl Severed {
    pub fn by(error: impl std::error::Error) -> Severed {
        tracing::debug!(%error, "a call broke off");
        Severed
    }
}

impl std::fmt::Display for Severed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the gateway ends this call")
    }
}

impl std::error::Error for Severed {}

/// A watch's early end: after a time, with a last event or without.
pub struct Ending {
    timer: Pin<Box<Sleep>>,
    event: Option<Bytes>,
}

impl Ending {
    pub fn after(ms: u64, event: Option<Bytes>) -> Ending {
        Ending { timer: Box::pin(sleep(Duration::from_millis(ms))), event }
    }
}

pub struct Relay {
    upstream: Incoming,
    /// None once the end is journalled.
    call: Option<Call>,
    /// Body so far, while it is worth looking into.
    seen: Option<Vec<u8>>,
    ending: Option<Ending>,
    at_line_end: bool,
}

impl Relay {
    pub fn new(upstream: Incoming, call: Call, legible: bool, ending: Option<Ending>) -> Relay {
        let mut relay = Relay { upstream, call: Some(call), seen: legible.then(Vec::new), ending, at_line_end: true };
        relay.note_end();
        relay
    }

    fn note_data(&mut self, data: &Bytes) {
        self.at_line_end = data.last().map_or(self.at_line_end, |byte| *byte == b'\n');
        if let Some(seen) = &mut self.seen {
            seen.extend_from_slice(data);
        }
        let too_long = |seen: &Vec<u8>| seen.len() > glimpse::LIMIT;
        if self.seen.as_ref().is_some_and(too_long) {
            self.seen = None;
        }
    }

    /// Journals as soon as the last byte is here, that is before the caller can have it.
    fn note_end(&mut self) {
        if self.upstream.is_end_stream() {
            self.end(Outcome::Delivered);
        }
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(mut call) = self.call.take() {
            if let Some(seen) = self.seen.take() {
                call.saw_response(Glimpse::of(&seen));
            }
            call.end(outcome);
        }
    }

    /// The ordered end of a watch, when its time has come and no event is half said.
    fn poll_ending(&mut self, cx: &mut Context<'_>) -> Poll<Result<Frame<Bytes>, Failure>> {
        let Some(ending) = &mut self.ending else {
            return Poll::Pending;
        };
        if !ending.timer.is_elapsed() {
            ready!(ending.timer.as_mut().poll(cx));
        }
        match ending.event.take_if(|_| self.at_line_end) {
            Some(event) => {
                self.end(Outcome::Injected);
                Poll::Ready(Ok(Frame::data(event)))
            }
            None if ending.event.is_some() => Poll::Pending,
            None => {
                self.end(Outcome::Cut);
                Poll::Ready(Err(Severed.into()))
            }
        }
    }
}

impl Body for Relay {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if self.ending.is_some() && self.call.is_none() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(last) = self.poll_ending(cx) {
            return Poll::Ready(Some(last));
        }
        match ready!(Pin::new(&mut self.upstream).poll_frame(cx)) {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.note_data(data);
                }
                self.note_end();
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                if let Some(call) = self.call.take() {
                    call.broken();
                }
                Poll::Ready(Some(Err(error.into())))
            }
            None => {
                self.end(Outcome::Delivered);
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.upstream.is_end_stream() || (self.ending.is_some() && self.call.is_none())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.ending {
            Some(_) => SizeHint::default(),
            None => self.upstream.size_hint(),
        }
    }
}
