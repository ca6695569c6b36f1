//! Seeded chaos: load and disturbances from a schedule that a seed decides, then quiet, then the witness.
//!
//! The product runs as processes on real parts. Only what a seed decides is repeated by a replay; what the machine
//! decides, the exact interleaving, is not.

mod client;
mod disturbance;
mod link;
mod load;
mod results;
mod run;
mod schedule;
mod stage;

pub use results::{Results, SeedResult};
pub use run::{Options, run};
pub use schedule::Schedule;
