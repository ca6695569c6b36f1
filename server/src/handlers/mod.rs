//! One file per resource, one function per operation: parse, one store call, render.

pub(crate) mod account;
pub(crate) mod decisions;
pub(crate) mod health;
pub(crate) mod roles;
pub(crate) mod setup;
pub(crate) mod systems;
mod ticket_views;
pub(crate) mod tickets;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod workspaces;
