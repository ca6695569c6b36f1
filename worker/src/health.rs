//! What the worker knows of its dependencies, for readiness and for one log line per change of state.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{info, warn};

/// State of each dependency by name. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Health(Arc<Mutex<BTreeMap<String, Result<(), String>>>>);

impl Health {
    /// Notes how a dependency fares; logs when that changed.
    pub(crate) fn note(&self, dependency: &str, state: Result<(), String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.insert(dependency.to_owned(), state.clone());
        match (&before, &state) {
            (Some(Ok(())) | None, Err(error)) => warn!(dependency, error, "dependency does not answer"),
            (Some(Err(_)), Ok(())) => info!(dependency, "dependency answers again"),
            _ => {}
        }
    }

    /// Forgets a dependency, such as a cluster that was deleted.
    pub(crate) fn forget(&self, dependency: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(dependency);
    }

    /// Each dependency by name, and whether it is well.
    pub(crate) fn states(&self) -> Vec<(String, bool)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(name, state)| (name.clone(), state.is_ok())).collect()
    }

    /// Whether everything that the worker cannot do without answers, and each dependency by name. A cluster that
    /// does not answer parks its tickets and nothing else.
    pub(crate) fn report(&self) -> (bool, Value) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = ["database", "temporal"];
        let ready = needed.iter().all(|name| matches!(known.get(*name), Some(Ok(()))));
        let checks: BTreeMap<_, _> = known
            .iter()
            .map(|(name, state)| match state {
                Ok(()) => (name.clone(), json!({"status": "ok"})),
                Err(error) => (name.clone(), json!({"status": "unavailable", "error": error})),
            })
            .collect();
        (ready, json!({"status": if ready { "ok" } else { "unavailable" }, "checks": checks}))
    }
}
