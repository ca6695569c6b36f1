//! One watch, kept alive: initial state, bookmarks, reconnection, relist on 410.
//!
//! The initial state comes as a consistent streamed list, so that "not there" is the truth and not
//! a stale cache; a server without that feature gets list and watch.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use kube::api::{Api, ListParams, Resource, WatchEvent, WatchParams};
use kube::core::watch::Bookmark;
use rand::RngExt;
use serde::de::DeserializeOwned;
use shepherd_domain::fault::{Fault, FaultCode, Operation};

use super::cluster::Cluster;
use super::errors;

#[cfg(test)]
mod tests;

/// Reconnections in a row after which somebody who waits should be told.
const HOPELESS_AFTER: u32 = 6;
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
const PAGE_SIZE: u32 = 500;
const END_OF_LIST: &str = "k8s.io/initial-events-end";

/// What a watch shows.
#[derive(Debug)]
pub(super) enum Seen<K> {
    /// A complete listing begins.
    Listing,
    Here(K),
    Gone(K),
    /// The listing is complete.
    Synced,
}

type Events<K> = BoxStream<'static, kube::Result<WatchEvent<K>>>;

/// A watch that outlives its connections.
pub(super) struct Follow<K> {
    cluster: Cluster,
    api: Api<K>,
    selection: ListParams,
    events: Option<Events<K>>,
    /// Where to resume; none before the first complete listing and after 410.
    version: Option<String>,
    is_listing: bool,
    can_stream_lists: bool,
    failures: u32,
    ready: VecDeque<Seen<K>>,
}

impl<K> Follow<K>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
{
    pub(super) fn new(cluster: &Cluster, api: Api<K>, selection: ListParams) -> Self {
        Self {
            cluster: cluster.clone(),
            api,
            selection,
            events: None,
            version: None,
            is_listing: false,
            can_stream_lists: true,
            failures: 0,
            ready: VecDeque::new(),
        }
    }

    /// Waits for the next thing seen. After a fault the next call reconnects, later each time.
    pub(super) async fn next(&mut self) -> Result<Seen<K>, Fault> {
        loop {
            if let Some(seen) = self.ready.pop_front() {
                return Ok(seen);
            }
            let Some(events) = &mut self.events else {
                self.connect().await?;
                continue;
            };
            match events.next().await {
                Some(Ok(event)) => self.take(event)?,
                Some(Err(error)) => return Err(self.lost(self.cluster.fault(Operation::VmRead, &error))),
                // Watches end by themselves every few minutes; one that never said a word has failed.
                None => self.drop_connection(),
            }
        }
    }

    /// Whether reconnecting again would only hide the fault.
    pub(super) fn is_hopeless(&self, fault: &Fault) -> bool {
        let reconnecting_helps = fault.retryable && fault.code != FaultCode::ClusterCredentialRejected;
        !reconnecting_helps || self.failures >= HOPELESS_AFTER
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        tokio::time::sleep(delay(self.failures)).await;
        if self.version.is_none() && !self.can_stream_lists {
            return self.list().await;
        }
        let mut params = WatchParams {
            label_selector: self.selection.label_selector.clone(),
            field_selector: self.selection.field_selector.clone(),
            ..WatchParams::default()
        };
        let is_listing = self.version.is_none();
        params.send_initial_events = is_listing;
        match self.api.watch(&params, self.version.as_deref().unwrap_or_default()).await {
            Ok(events) => {
                self.events = Some(events.boxed());
                self.is_listing = is_listing;
                if is_listing {
                    self.ready.push_back(Seen::Listing);
                }
                Ok(())
            }
            Err(error) => self.refused(&error).await,
        }
    }

    async fn refused(&mut self, error: &kube::Error) -> Result<(), Fault> {
        if let kube::Error::Api(status) = error {
            if status.code == 410 {
                self.expire();
                return Ok(());
            }
            if status.code == 422 && self.version.is_none() && self.can_stream_lists {
                self.can_stream_lists = false;
                return Ok(());
            }
        }
        let fault = self.lost(self.cluster.fault(Operation::VmRead, error));
        // A denial counts only if a server that is ready repeats it.
        let may_pass = fault.is_denial() && (self.failures < 2 || !self.cluster.is_ready().await);
        Err(if may_pass { fault.passing() } else { fault })
    }

    /// Lists page by page and remembers where the watch has to begin.
    async fn list(&mut self) -> Result<(), Fault> {
        let mut params = self.selection.clone().limit(PAGE_SIZE);
        let mut seen = VecDeque::from([Seen::Listing]);
        loop {
            let page = self.cluster.call(Operation::VmRead, || self.api.list(&params)).await;
            let page = page.map_err(|fault| self.lost(fault))?;
            seen.extend(page.items.into_iter().map(Seen::Here));
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => {
                    self.version = page.metadata.resource_version;
                    break;
                }
            }
        }
        seen.push_back(Seen::Synced);
        self.ready.append(&mut seen);
        Ok(())
    }

    fn take(&mut self, event: WatchEvent<K>) -> Result<(), Fault> {
        match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                self.advance(object.meta().resource_version.clone());
                self.ready.push_back(Seen::Here(object));
            }
            WatchEvent::Deleted(object) => {
                self.advance(object.meta().resource_version.clone());
                self.ready.push_back(Seen::Gone(object));
            }
            WatchEvent::Bookmark(bookmark) => self.mark(bookmark),
            WatchEvent::Error(status) if status.code == 410 => self.expire(),
            WatchEvent::Error(status) => return Err(self.lost(errors::answered(Operation::VmRead, &status))),
        }
        Ok(())
    }

    fn mark(&mut self, bookmark: Bookmark) {
        if self.is_listing {
            if !bookmark.metadata.annotations.contains_key(END_OF_LIST) {
                return;
            }
            self.is_listing = false;
            self.ready.push_back(Seen::Synced);
        }
        self.advance(Some(bookmark.metadata.resource_version));
    }

    /// Remembers where to resume. In the middle of a listing there is no such place.
    fn advance(&mut self, version: Option<String>) {
        self.failures = 0;
        if !self.is_listing {
            self.version = version.or_else(|| self.version.take());
        }
    }

    /// Lists everything again at the next call, for a reader who has forgotten what did not change since.
    pub(super) fn relist(&mut self) {
        self.version = None;
        self.is_listing = false;
    }

    /// Forgets where we were: the server has, too.
    fn expire(&mut self) {
        self.version = None;
        self.drop_connection();
    }

    fn drop_connection(&mut self) {
        self.events = None;
        self.failures = self.failures.saturating_add(1);
    }

    fn lost(&mut self, fault: Fault) -> Fault {
        self.drop_connection();
        fault
    }
}

/// Pause before a connection after so many failures in a row: doubling, with jitter.
fn delay(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else {
        return Duration::ZERO;
    };
    let full = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(doublings.min(16))).min(LONGEST_DELAY);
    full.mul_f64(rand::rng().random_range(0.5..1.0))
}
