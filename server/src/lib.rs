//! HTTP: parses, authenticates, calls the store once, renders.
//!
//! The server never calls Temporal or a cluster: whatever these shall do is committed as an order with the
//! change that causes it. So submits, decisions and reads answer while both are down.

mod admission;
pub mod app;
mod auth;
mod body;
mod chunked;
pub mod config;
mod contract;
mod cursor;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handlers;
mod idempotency;
mod json;
mod openapi;
mod page;
mod passwords;
mod request_id;
mod routes;
mod session_secret;
mod sign_in;
mod streams;
mod throttle;

pub use app::{App, Running};
pub use config::Config;
pub use streams::Streams;
