//! One file per resource, one function per operation: parse, one store call, render.

pub(crate) mod decisions;
pub(crate) mod health;
pub(crate) mod systems;
mod ticket_views;
pub(crate) mod tickets;
