//! The faults in force, in order of registration.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::fault::{Fault, Kind, Order};
use crate::request::Target;

#[derive(Default)]
pub struct Registry {
    faults: Mutex<Registered>,
}

#[derive(Default)]
struct Registered {
    made: u64,
    list: Vec<Fault>,
}

impl Registry {
    /// Registers a fault behind those that are there and tells its id.
    pub fn add(&self, order: Order) -> Result<String, String> {
        let mut faults = self.lock();
        let id = format!("fault-{}", faults.made + 1);
        let fault = Fault::new(id.clone(), order)?;
        faults.made += 1;
        faults.list.push(fault);
        Ok(id)
    }

    /// The first fault that takes the call; later ones do not get to see it.
    pub fn take(&self, target: &Target) -> Option<(String, Kind)> {
        let mut faults = self.lock();
        let fault = faults.list.iter_mut().find_map(|fault| {
            let taken = fault.takes(target);
            taken.then_some(fault)
        })?;
        Some((fault.id.clone(), fault.kind()))
    }

    pub fn list(&self) -> Value {
        json!({ "faults": self.lock().list })
    }

    /// Whether there was such a fault.
    pub fn remove(&self, id: &str) -> bool {
        let mut faults = self.lock();
        let before = faults.list.len();
        faults.list.retain(|fault| fault.id != id);
        faults.list.len() < before
    }

    /// How many there were.
    pub fn clear(&self) -> usize {
        self.lock().list.drain(..).count()
    }

    fn lock(&self) -> MutexGuard<'_, Registered> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_registered_match_wins() {
        let registry = Registry::default();
        let add = |order: Value| {
            let order = serde_json::from_value(order).map_err(|error| error.to_string());
            order.and_then(|order| registry.add(order))
        };
        let once = add(json!({"fault": {"kind": "cut"}, "times": 1}));
        let always = add(json!({"fault": {"kind": "hang"}}));
        assert_eq!((once, always), (Ok("fault-1".into()), Ok("fault-2".into())));

        let taken = || registry.take(&Target::default()).map(|(id, _)| id);
        assert_eq!(taken().as_deref(), Some("fault-1"));
        assert_eq!(taken().as_deref(), Some("fault-2"));
        assert!(registry.remove("fault-2"));
        assert!(!registry.remove("fault-2"));
        assert_eq!(registry.take(&Target::default()), None);
        assert_eq!(registry.clear(), 1);
    }
}
