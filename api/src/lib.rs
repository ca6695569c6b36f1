//! The contract: types that cross HTTP, nothing else. `openapi.yaml` beside this crate is reviewed first; a test
//! holds the code to it.

pub mod auth;
pub mod clusters;
mod given;
pub mod instance_sizes;
pub mod namespaces;
pub mod page;
pub mod problem;
pub mod roles;
pub mod secret;
pub mod services;
pub mod setup;
pub mod systems;
pub mod templates;
pub mod tickets;
pub mod users;
pub mod workspaces;
