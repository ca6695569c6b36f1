//! Orchestration: what happens in which order, until when, and how it is taken back.
//!
//! Deterministic: no clock, no randomness, no tokio, no I/O; `cargo xtask ci` checks the dependency tree. Names and
//! inputs live on in histories: they do not change, and inputs only grow fields with a default.

pub mod activities;
pub mod attributes;
mod cluster_check;
mod options;
mod reconcile;
mod vm_request;

pub use cluster_check::ClusterCheck;
pub use options::HEARTBEAT;
pub use reconcile::Reconcile;
pub use vm_request::{VmRequest, VmRequestInput};

/// Task queue and Temporal namespace of an installation, unless configured otherwise.
pub const QUEUE: &str = "shepherd";
