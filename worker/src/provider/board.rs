//! What the one watch of a cluster shows, for all who wait for one of its VMs.
//!
//! It is a copy that may be late: who finds a VM here knows how it was a moment ago; who does not find it knows nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::orders::VmSighting;

/// Namespace and name.
pub(super) type Key = (String, String);

/// Cheap to clone; clones share everything.
#[derive(Clone, Default)]
pub(super) struct Board(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    is_fed: bool,
    vms: HashMap<Key, VmSighting>,
    followers: HashMap<Key, watch::Sender<Option<VmSighting>>>,
}

impl Board {
    /// Whether a watch writes on it.
    pub(super) fn feed(&self, is_fed: bool) {
        self.wipe();
        self.inner().is_fed = is_fed;
    }

    /// How the VM is, from now on; none if nobody watches the cluster.
    pub(super) fn follow(&self, namespace: &str, name: &str) -> Option<Following> {
        let key = (namespace.to_owned(), name.to_owned());
        let Inner { is_fed, vms, followers } = &mut *self.inner();
        if !*is_fed {
            return None;
        }
        let sender = followers.entry(key.clone()).or_insert_with(|| watch::Sender::new(vms.get(&key).cloned()));
        let seen = sender.subscribe();
        Some(Following { board: self.clone(), key, seen })
    }

    /// A VM as it was last seen.
    pub(super) fn last(&self, key: &Key) -> Option<VmSighting> {
        self.inner().vms.get(key).cloned()
    }

    pub(super) fn put(&self, key: Key, vm: VmSighting) {
        let mut inner = self.inner();
        if let Some(follower) = inner.followers.get(&key) {
            follower.send_replace(Some(vm.clone()));
        }
        inner.vms.insert(key, vm);
    }

    pub(super) fn take_away(&self, key: &Key) {
        let mut inner = self.inner();
        if let Some(follower) = inner.followers.get(key) {
            follower.send_replace(None);
        }
        inner.vms.remove(key);
    }

    /// Nothing is known any more: the watch is lost, or lists everything anew.
    pub(super) fn wipe(&self) {
        let mut inner = self.inner();
        inner.vms.clear();
        inner.followers.values().for_each(|follower| drop(follower.send_replace(None)));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One VM on the board.
pub(super) struct Following {
    board: Board,
    key: Key,
    seen: watch::Receiver<Option<VmSighting>>,
}

impl Following {
    /// The VM as it is now; none if it was not seen, or is gone, or the watch is lost for now.
    pub(super) fn now(&mut self) -> Option<VmSighting> {
        self.seen.borrow_and_update().clone()
    }

    /// Waits until something is new since [`Self::now`].
    pub(super) async fn changed(&mut self) {
        // The sender stays on the board as long as somebody follows.
        let _ = self.seen.changed().await;
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut inner = self.board.inner();
        if inner.followers.get(&self.key).is_some_and(|sender| sender.receiver_count() <= 1) {
            inner.followers.remove(&self.key);
        }
    }
}
