//! Seeded chaos: load and disturbances from a schedule that a seed decides, then quiet, then the witness.
//!
//! The product runs as processes on real parts. Only what a seed decides is repeated by a replay; what the machine
//! decides, the exact interleaving, is not.

mod client;
mod disturbance;
pub mod linearizability;
mod link;
mod load;
mod results;
mod run;
mod schedule;
mod stage;
mod storm;
mod vitals;

pub use results::{Results, SeedResult};
pub use run::{Options, run, storm};
pub use schedule::Schedule;
pub use storm::Storm;
