//! The database. The only crate that knows diesel; permission, audit and outbox live in its [`Tx`].
//!
//! Every method takes a [`Ctx`] that names the caller, the tenant and the request. A change cannot be
//! committed without its audit leaf: [`Tx::commit`] takes one and is the only way to commit.

mod actor;
pub mod audit;
mod cached;
mod connection;
mod ctx;
mod error;
pub mod events;
mod leaf;
mod migrations;
mod notices;
pub mod notifications;
mod orders;
mod page;
mod pipeline;
mod read;
#[rustfmt::skip]
mod schema;
pub mod seal;
mod secrets;
pub mod systems;
pub mod tickets;
mod tx;
mod visible;
pub mod vms;
mod wake;

pub use actor::Actor;
pub use connection::{Pools, Store};
pub use ctx::{Caller, Ctx, Run, Source};
pub use error::{Error, Result};
pub use migrations::{migrate, migrate_down};
pub use notices::NoticeKind;
pub use orders::OrderKind;
pub use page::{Cursor, CursorPage, Page, PageQuery, TOTAL_CAP};
pub use secrets::SecretName;
pub use wake::Wakes;
