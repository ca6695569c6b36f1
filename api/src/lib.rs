//! The contract: types that cross HTTP, nothing else. `openapi.yaml` beside this crate is reviewed first; a test
//! holds the code to it.

pub mod audit;
pub mod events;
pub mod health;
pub mod notifications;
pub mod page;
pub mod problem;
pub mod systems;
pub mod tickets;
pub mod vms;

/// The contract as it is served; `UPDATE_GOLDEN=1` writes it anew from the handlers.
pub const OPENAPI: &str = include_str!("../openapi.yaml");
