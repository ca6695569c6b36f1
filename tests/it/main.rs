//! Everything that is proved through the public doors.

#![expect(clippy::tests_outside_test_module, reason = "this crate is the test module")]

mod catalogue;
mod console;
mod contract;
mod crash;
mod database;
mod health;
mod http;
mod runs;
mod security;
mod start;
mod store;
mod tickets;
