//! Leave to change a cluster, for as long as the try of an activity that asks for it is surely nobody else's.
//!
//! A worker that was frozen does not know it. Whoever took over may have undone everything by then, so that a change
//! made after waking is one too many. The clock goes on while a process stands still.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tower::BoxError;

tokio::task_local! {
    static LEASE: Arc<Lease>;
}

/// No sign of life went out for too long: somebody else may have taken over.
#[derive(Debug, thiserror::Error)]
#[error("this worker was silent for too long to change anything")]
pub(super) struct LeaseLost;

/// A lease that holds as long as it is renewed in time. Once lost it stays lost.
#[derive(Debug)]
pub struct Lease {
    length: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    renewed_at: Instant,
    is_lost: bool,
}

impl Lease {
    /// A lease of that length, from now on.
    pub fn new(length: Duration) -> Arc<Self> {
        Arc::new(Self { length, state: Mutex::new(State { renewed_at: Instant::now(), is_lost: false }) })
    }

    /// Makes it last anew, unless that comes too late.
    pub fn renew(&self) {
        let mut state = self.looked_at();
        if !state.is_lost {
            state.renewed_at = Instant::now();
        }
    }

    /// Whether it was not renewed in time.
    pub fn is_lost(&self) -> bool {
        self.looked_at().is_lost
    }

    /// Does `work` under this lease: calls that change a cluster are sent only while it holds.
    pub async fn over<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        LEASE.scope(Arc::clone(self), work).await
    }

    /// The lease under which this task works; none where nothing is changed that an undo could miss.
    pub(super) fn of_task() -> Option<Arc<Self>> {
        LEASE.try_with(Arc::clone).ok()
    }

    fn holds(&self) -> Result<(), LeaseLost> {
        if self.is_lost() { Err(LeaseLost) } else { Ok(()) }
    }

    fn looked_at(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_lost |= state.renewed_at.elapsed() > self.length;
        state
    }
}

/// Body of a request that is handed out under a lease: a request that waited for its connection is not sent when the
/// lease was lost meanwhile, and one that was sent in part is not carried out.
pub(super) struct Leased<B> {
    body: B,
    lease: Option<Arc<Lease>>,
}

impl<B> Leased<B> {
    /// # Errors
    /// For a lease that is lost already.
    pub(super) fn new(body: B, lease: Option<Arc<Lease>>) -> Result<Self, LeaseLost> {
        lease.as_ref().map_or(Ok(()), |lease| lease.holds())?;
        Ok(Self { body, lease })
    }
}

impl<B> Body for Leased<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(Err(lost)) = self.lease.as_ref().map(|lease| lease.holds()) {
            return Poll::Ready(Some(Err(lost.into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map(|frame| frame.map(|frame| frame.map_err(Into::into)))
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
    use http_body_util::{BodyExt, Full};

    use super::*;

    const LENGTH: Duration = Duration::from_millis(200);

    #[test]
    fn renewed_in_time_it_holds_and_lost_it_stays_lost() {
        let lease = Lease::new(LENGTH);
        for _ in 0..4 {
            std::thread::sleep(LENGTH / 2);
            lease.renew();
        }
        assert!(!lease.is_lost());
        std::thread::sleep(LENGTH * 2);
        lease.renew();
        assert!(lease.is_lost());
    }

    #[tokio::test]
    async fn nothing_is_handed_out_under_a_lost_lease() {
        let body = || Full::new(Bytes::from_static(b"a"));
        let lease = Lease::new(LENGTH);
        let leased = || Leased::new(body(), Some(Arc::clone(&lease))).map(BodyExt::collect);
        let (first, late) = (leased(), leased());
        let sent = async |read: Result<http_body_util::combinators::Collect<_>, LeaseLost>| read?.await;
        assert!(sent(first).await.is_ok_and(|sent| sent.to_bytes() == "a"));
        std::thread::sleep(LENGTH * 2);
        assert!(leased().is_err());
        assert!(sent(late).await.is_err_and(|error: BoxError| error.is::<LeaseLost>()));
        assert!(Leased::new(body(), None).is_ok());
    }

    #[tokio::test]
    async fn lease_of_a_task_reaches_the_connection_through_kubes_client() {
        let (seen, found) = std::sync::mpsc::channel();
        let service = tower::service_fn(move |_: http::Request<kube::client::Body>| {
            let seen = seen.clone();
            async move {
                let _ = seen.send(Lease::of_task().is_some());
                Ok::<_, BoxError>(http::Response::new(kube::client::Body::from(b"ok".to_vec())))
            }
        });
        let client = kube::Client::new(service, "default");
        let ask = async || {
            let request = http::Request::get("/readyz").body(Vec::new()).unwrap_or_else(|error| panic!("{error}"));
            client.request_text(request).await
        };
        assert!(Lease::new(LENGTH).over(ask()).await.is_ok());
        assert!(ask().await.is_ok());
        assert_eq!(found.try_iter().collect::<Vec<_>>(), [true, false]);
    }
}
