//! The contract: types that cross HTTP, nothing else. `openapi.yaml` beside this crate is reviewed first; a test
//! holds the code to it.

pub mod audit;
pub mod auth;
pub mod clusters;
pub mod events;
mod given;
pub mod health;
pub mod instance_sizes;
pub mod namespaces;
pub mod notifications;
pub mod page;
pub mod problem;
pub mod roles;
pub mod secret;
pub mod services;
pub mod setup;
pub mod steps;
pub mod systems;
pub mod templates;
pub mod ticket_lists;
pub mod tickets;
pub mod users;
pub mod vms;
pub mod workspaces;

/// The contract as it is served; `UPDATE_GOLDEN=1` writes it anew from the handlers.
pub const OPENAPI: &str = include_str!("../openapi.yaml");
