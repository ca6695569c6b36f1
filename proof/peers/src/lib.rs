//! The common task of the peers: accept a request, keep it with its audit row, wait for the decision, do three steps,
//! each with an audit row.
//!
//! A peer is a program of its own, `PEER --clients N --tasks M`, with an empty database of its own in
//! `PEER_DATABASE_URL`. It prints one line, a [`Report`]. What its clients do and how it is judged is the same for all
//! and stands here; a peer adds only how its engine starts, is told of a decision, and runs a step.

pub mod clients;
pub mod ledger;
pub mod report;

pub use clients::{Done, Peer, measure};
pub use report::{Arguments, Report};

/// Steps of a request after its decision.
pub const STEPS: i32 = 3;
