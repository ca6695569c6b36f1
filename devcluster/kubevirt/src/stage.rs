//! How long objects have been where they are. Kept in memory: after a restart every stage begins anew, and
//! the play goes on from there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::kinds::{Definition, Object};

/// Object seen together with the time since it entered its present stage.
#[derive(Clone, Debug)]
pub struct Aged<T> {
    pub object: T,
    pub age: Duration,
}

#[derive(Debug, Default)]
pub struct Stages {
    entered: Mutex<HashMap<String, (String, Instant)>>,
}

impl Stages {
    /// Time since the object came to where it is.
    pub fn age<D: Definition>(&self, object: &Object<D>) -> Duration {
        self.since(object.uid(), &D::stage(object))
    }

    fn since(&self, uid: &str, stage: &str) -> Duration {
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match entered.get_mut(uid) {
            Some((known, since)) if known == stage => now.duration_since(*since),
            Some(known) => {
                *known = (stage.to_owned(), now);
                Duration::ZERO
            }
            None => {
                entered.insert(uid.to_owned(), (stage.to_owned(), now));
                Duration::ZERO
            }
        }
    }

    pub fn forget(&self, uid: &str) {
        let mut entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_grows_within_a_stage_and_starts_again_with_the_next() {
        let stages = Stages::default();
        assert_eq!(stages.since("uid", "Pending"), Duration::ZERO);
        assert!(stages.since("uid", "Pending") > Duration::ZERO);
        assert_eq!(stages.since("uid", "Running"), Duration::ZERO);
    }
}
