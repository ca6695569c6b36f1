//! Our own writes that the watches have not shown yet. Deciding on what was before them would do things twice,
//! and every conflict costs the API server as much as a write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::kinds::{Definition, Object};

/// After this long we believe what we see: the event may have been one that a list swallowed.
pub const PATIENCE: Duration = Duration::from_secs(1);

type Key = (&'static str, String, String);

#[derive(Debug, Default)]
pub struct Expected {
    writes: Mutex<HashMap<Key, (u64, Instant)>>,
}

impl Expected {
    /// Remembers the object as the API server returned it.
    pub fn note<D: Definition>(&self, written: &Object<D>) {
        let is_gone = written.is_deleting()
            && written.metadata.finalizers.as_deref().is_none_or(<[_]>::is_empty)
            && written.metadata.deletion_grace_period_seconds.unwrap_or(0) == 0;
        if !is_gone {
            let key = key::<D>(written.namespace(), written.name());
            let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
            writes.insert(key, (version(written), Instant::now()));
        }
    }

    /// Remembers that the object is about to be gone.
    pub fn note_removal<D: Definition>(&self, namespace: &str, name: &str) {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.insert(key::<D>(namespace, name), (u64::MAX, Instant::now()));
    }

    pub fn forget<D: Definition>(&self, namespace: &str, name: &str) {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.remove(&key::<D>(namespace, name));
    }

    /// Whether what is seen of the object lies before our last write.
    pub fn is_behind<D: Definition>(&self, namespace: &str, name: &str, seen: Option<&Object<D>>) -> bool {
        let key = key::<D>(namespace, name);
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((written, at)) = writes.get(&key) else {
            return false;
        };
        let awaited = match seen {
            Some(seen) => version(seen) < *written,
            None => *written != u64::MAX,
        };
        let is_behind = awaited && at.elapsed() < PATIENCE;
        if !is_behind {
            writes.remove(&key);
        }
        is_behind
    }
}

fn key<D: Definition>(namespace: &str, name: &str) -> Key {
    (D::KIND, namespace.to_owned(), name.to_owned())
}

fn version<D: Definition>(object: &Object<D>) -> u64 {
    let version = object.metadata.resource_version.as_deref();
    version.and_then(|version| version.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use kube::api::ObjectMeta;

    use super::*;
    use crate::kinds::{Instance, InstanceKind};

    fn instance(version: &str) -> Instance {
        let metadata = ObjectMeta {
            name: Some("vm".to_owned()),
            namespace: Some("team".to_owned()),
            resource_version: Some(version.to_owned()),
            ..ObjectMeta::default()
        };
        Instance::new(metadata, serde_json::Value::Null)
    }

    #[test]
    fn what_lies_before_our_write_is_behind() {
        let expected = Expected::default();
        let is_behind = |seen: Option<&Instance>| expected.is_behind::<InstanceKind>("team", "vm", seen);
        assert!(!is_behind(None));
        expected.note(&instance("10"));
        assert!(is_behind(None));
        assert!(is_behind(Some(&instance("9"))));
        assert!(!is_behind(Some(&instance("10"))));
        assert!(!is_behind(Some(&instance("9"))));
    }

    #[test]
    fn object_that_went_with_its_deletion_is_not_awaited() {
        let expected = Expected::default();
        let mut gone = instance("10");
        gone.metadata.deletion_timestamp =
            Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(k8s_openapi::jiff::Timestamp::UNIX_EPOCH));
        expected.note(&gone);
        assert!(!expected.is_behind::<InstanceKind>("team", "vm", None));
    }
}
