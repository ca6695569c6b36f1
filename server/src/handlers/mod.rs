//! One file per resource, one function per operation: parse, one store call, render.

pub(crate) mod audit;
pub(crate) mod decisions;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod notifications;
pub(crate) mod systems;
mod ticket_views;
pub(crate) mod tickets;
pub(crate) mod vms;
