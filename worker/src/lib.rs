//! Placeholder.
pub mod provider;
