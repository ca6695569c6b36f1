//! The worker: delivers orders to Temporal, runs workflows and activities, and is the only process that opens
//! cluster credentials and speaks to clusters.

mod activities;
pub mod app;
mod bootstrap;
mod clusters;
pub mod codec;
pub mod config;
mod health;
mod http;
pub mod provider;
mod pulse;
mod relay;
mod watch;

pub use app::run;
pub use config::Config;
