//! The witness: decides from four independent sources whether Shepherd kept its promises.
//!
//! The clients' journal, the database, the journal of every call that reached the cluster and the audit export are
//! compared with each other. Nothing here comes from the product: tables, words and rules are stated a second time,
//! so that a mistake in the product is not repeated by its judge.

pub mod audit;
pub mod client;
pub mod cluster;
pub mod database;
mod evidence;
#[cfg(test)]
mod fixture;
pub mod invariants;
mod story;
pub mod workflow;

pub use evidence::{Evidence, Fault, Run};
pub use invariants::{INVARIANTS, Invariant, Verdict, Violation, judge};
pub use story::story;
