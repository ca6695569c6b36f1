//! What a year, a campaign and an outage cost at sizes that fit no machine of ours: a model from counted work, and a
//! simulation of the queues. `docs/scale.md` holds its tables.

mod costs;
mod queues;
mod report;

pub use costs::{Costs, MEASURED};
pub use queues::{Outcome, Scenario, simulate};
pub use report::tables;
