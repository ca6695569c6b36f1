//! The rules of Shepherd: ids, states, names, permissions, manifests, refusals.
//!
//! Pure by construction: no I/O, no clock, no randomness, no async. Everything that needs the time or an
//! id receives it as a parameter. Nothing here may depend on a database, an HTTP server, Kubernetes or
//! Temporal; `cargo xtask ci` checks the dependency tree.

pub mod account;
pub mod audit;
mod boot_source;
pub mod digest;
pub mod environment;
pub mod fault;
pub mod ids;
pub mod kubeconfig;
pub mod manifest;
pub mod name;
pub mod password;
pub mod placement;
pub mod policy;
#[cfg(test)]
mod properties;
pub mod redact;
pub mod refusal;
pub mod size;
pub mod step;
pub mod template;
pub mod text;
pub mod ticket;
pub mod vm;

pub use environment::Environment;
pub use refusal::{Code, Refusal};
