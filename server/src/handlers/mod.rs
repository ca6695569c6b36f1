//! One file per resource, one function per operation: parse, one store call, render.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod clusters;
pub(crate) mod console;
pub(crate) mod decisions;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod instance_sizes;
pub(crate) mod namespaces;
pub(crate) mod notifications;
pub(crate) mod roles;
pub(crate) mod services;
pub(crate) mod setup;
pub(crate) mod steps;
pub(crate) mod systems;
pub(crate) mod templates;
pub(crate) mod ticket_lists;
mod ticket_views;
pub(crate) mod tickets;
pub(crate) mod tokens;
pub(crate) mod users;
pub(crate) mod vms;
pub(crate) mod workspaces;
