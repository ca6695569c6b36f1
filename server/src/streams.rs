//! Server-sent events: one listener for the process, one query for each stream that is woken.
//!
//! A stream holds no connection to the database between queries, and each query asks for the session again, so
//! that a revoked session ends its streams. How many streams there are and how often one asks is bounded.

use actix_web::web::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::json;
use shepherd_api::events::EventData;
use shepherd_domain::ids::PrincipalId;
use shepherd_domain::{Code, Refusal};
use shepherd_store::events::{Event, EventCursor, Events};
use shepherd_store::{Ctx, Error as StoreError, Store};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{error, warn};

use crate::error::Problem;
use crate::request_id::chain;

/// Most streams of a process.
const MAX_STREAMS: usize = 200;
/// Most streams of a person: a few windows each of the browsers and machines that they use.
const MAX_STREAMS_OF_ONE: usize = 10;
/// Most streams that ask the database at the same moment.
const MAX_QUERIES: usize = 4;
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After this time a stream asks without having been woken.
const POLL: Duration = Duration::from_secs(5);
/// Shortest time between two queries of a stream, however often it is woken.
const PAUSE: Duration = Duration::from_millis(100);
/// How soon a stream asks again for what an older transaction holds back.
const HELD: Duration = Duration::from_millis(250);
/// How long a listener that lost its connection waits before the next try.
const RETRY: Duration = Duration::from_secs(1);

/// What is common to the streams of a process. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    places: Arc<Semaphore>,
    people: People,
    queries: Arc<Semaphore>,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Closed,
}

impl Streams {
    /// Starts the listener; it ends with [`close`](Self::close).
    pub(crate) fn start(store: Store) -> Self {
        let (state, closing) = watch::channel(State::Open);
        tokio::spawn(listen(store, state.clone(), closing));
        let (places, queries) = (Semaphore::new(MAX_STREAMS).into(), Semaphore::new(MAX_QUERIES).into());
        Self { places, people: People::default(), queries, state }
    }

    /// Ends every stream, so that a server that stops need not wait for them.
    pub fn close(&self) {
        self.places.close();
        self.state.send_replace(State::Closed);
    }

    /// Opens a stream behind `after`, or at this moment.
    ///
    /// # Errors
    /// `DEPENDENCY_UNAVAILABLE` when there are too many streams, `RATE_LIMIT_EXCEEDED` when the person has too many;
    /// those of the session.
    pub(crate) async fn open(
        &self,
        store: Store,
        ctx: Ctx,
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>, Problem> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            let params = json!({"dependency": "events", "maximum": MAX_STREAMS, "retry_after": 5});
            Refusal::new(Code::DependencyUnavailable).with(params)
        })?;
        let woken = self.state.subscribe();
        let first = store.events_after(&ctx, after).await?;
        let seat = self.people.seat(first.caller)?;
        let (now, queries) = (Instant::now(), self.queries.clone());
        let (cursor, chunk) = (first.next, Some(opening(&first)));
        let beat = now + HEARTBEAT;
        let mut feed =
            Feed { store, ctx, cursor, woken, queries, chunk, beat, asked: now, due: now, _place: (place, seat) };
        feed.settle(&first);
        Ok(unfold(Some(feed), |feed| async move { feed?.next().await.map(|(chunk, feed)| (Ok(chunk), feed)) }))
    }
}

/// How many streams each person has.
#[derive(Clone, Default)]
struct People(Arc<Mutex<HashMap<PrincipalId, usize>>>);

impl People {
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` when the person has too many.
    fn seat(&self, person: PrincipalId) -> Result<Seat, Refusal> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = taken.entry(person).or_default();
        if *number >= MAX_STREAMS_OF_ONE {
            // A stream that was left is noticed with its next heartbeat.
            let params = json!({"maximum": MAX_STREAMS_OF_ONE, "retry_after": HEARTBEAT.as_secs()});
            return Err(Refusal::new(Code::RateLimited).with(params));
        }
        *number += 1;
        Ok(Seat { people: self.clone(), person })
    }
}

/// A stream of a person; it counts until it is dropped.
struct Seat {
    people: People,
    person: PrincipalId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.people.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut number) = taken.entry(self.person) {
            *number.get_mut() -= 1;
            if *number.get() == 0 {
                number.remove();
            }
        }
    }
}

/// Turns notifications of the database into wake-ups of the streams, again after each lost connection.
async fn listen(store: Store, state: watch::Sender<State>, mut closing: watch::Receiver<State>) {
    let serve = async {
        let mut failing = false;
        loop {
            match store.event_wakes().await {
                Ok(mut wakes) => {
                    failing = false;
                    // What was notified while nobody listened is found by asking.
                    state.send_modify(|_| {});
                    while wakes.next().await.is_some() {
                        state.send_modify(|_| {});
                    }
                }
                Err(error) if !failing => {
                    warn!(error = chain(&error), "not listening for events");
                    failing = true;
                }
                Err(_) => {}
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    tokio::select! {
        () = serve => {},
        _ = closing.wait_for(|state| *state == State::Closed) => {},
    }
}

/// One stream.
struct Feed {
    store: Store,
    ctx: Ctx,
    cursor: EventCursor,
    woken: watch::Receiver<State>,
    queries: Arc<Semaphore>,
    /// What is to be sent before anything else.
    chunk: Option<Bytes>,
    /// When the next heartbeat is due.
    beat: Instant,
    /// When the last query was sent, and when the next one is due.
    asked: Instant,
    due: Instant,
    _place: (OwnedSemaphorePermit, Seat),
}

impl Feed {
    /// Next chunk, and the stream behind it unless that was the last.
    async fn next(mut self) -> Option<(Bytes, Option<Self>)> {
        loop {
            if let Some(chunk) = self.chunk.take() {
                return Some((chunk, Some(self)));
            }
            tokio::select! {
                changed = self.woken.changed() => {
                    if changed.is_err() || *self.woken.borrow_and_update() == State::Closed {
                        return Some((end(Code::DependencyUnavailable), None));
                    }
                    // However many wake-ups follow a query: one more for all of them.
                    self.due = self.due.min(self.asked + PAUSE);
                }
                () = sleep_until(self.due) => match self.ask().await {
                    Ok(()) => {}
                    Err(code) => return Some((end(code), None)),
                },
                () = sleep_until(self.beat) => {
                    self.beat = Instant::now() + HEARTBEAT;
                    // The place goes along, so that a client that heard nothing for long goes on from here.
                    return Some((Bytes::from(format!(": heartbeat\nid: {}\n\n", self.cursor)), Some(self)));
                }
            }
        }
    }

    /// Asks for what is new.
    async fn ask(&mut self) -> Result<(), Code> {
        // Waiting for a turn must not outlast the heartbeat.
        let Ok(Ok(_turn)) = timeout_at(self.beat, self.queries.clone().acquire_owned()).await else {
            return Ok(());
        };
        self.asked = Instant::now();
        match self.store.events_after(&self.ctx, Some(self.cursor)).await {
            Ok(events) => {
                self.settle(&events);
                self.cursor = events.next;
                self.chunk = chunk(&events.items);
                Ok(())
            }
            Err(StoreError::Refused(refusal)) => Err(refusal.code),
            // The stream outlives a database that is away for a while; the cursor keeps its place.
            Err(StoreError::Unavailable(_)) => {
                self.due = Instant::now() + POLL;
                Ok(())
            }
            Err(cause) => {
                error!(error = chain(&cause), "stream of events failed");
                Err(Code::Internal)
            }
        }
    }

    /// When to ask next.
    fn settle(&mut self, events: &Events) {
        let pause = match (events.more, events.held) {
            (true, _) => Duration::ZERO,
            (false, true) => HELD,
            (false, false) => POLL,
        };
        self.due = Instant::now() + pause;
    }
}

/// What a client sees at once: what is new or, if nothing is, its place.
fn opening(first: &Events) -> Bytes {
    let place = || Bytes::from(format!("id: {}\n\n", first.next));
    let rest = chunk(&first.items).unwrap_or_else(place);
    [b"retry: 2000\n\n", rest.as_ref()].concat().into()
}

fn chunk(events: &[Event]) -> Option<Bytes> {
    let mut text = String::with_capacity(events.len() * 192);
    events.iter().for_each(|event| write_event(&mut text, event));
    (!text.is_empty()).then(|| text.into())
}

fn write_event(text: &mut String, event: &Event) {
    let data = EventData {
        kind: event.kind.clone(),
        resource_id: event.resource_id,
        state: event.state.clone(),
        at: event.at,
    };
    let json = serde_json::to_string(&data).unwrap_or_default();
    // Writing to a string does not fail.
    let _ = write!(text, "id: {}\nevent: {}\ndata: {json}\n\n", event.cursor, event.kind);
}

/// Last event of a stream: why it ends.
fn end(code: Code) -> Bytes {
    format!("event: end\ndata: {}\n\n", json!({"code": code.as_str()})).into()
}
