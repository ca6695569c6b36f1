//! The database. The only crate that knows diesel; permission, audit and outbox live in its [`Tx`].
//!
//! Every method takes a [`Ctx`] that names the caller, the tenant and the request. A change cannot be
//! committed without its audit leaf: [`Tx::commit`] takes one and is the only way to commit.

mod actor;
mod administrators;
pub mod audit;
pub mod bindings;
mod cached;
pub mod clusters;
mod connection;
pub mod counts;
mod ctx;
pub mod dependencies;
mod error;
pub mod events;
mod idempotency;
pub mod instance_sizes;
mod leaf;
mod migrations;
pub mod namespaces;
mod notices;
pub mod notifications;
pub mod observed;
mod orders;
mod page;
mod passwords;
mod pipeline;
mod read;
#[rustfmt::skip]
mod schema;
mod relay;
pub mod seal;
mod secrets;
pub mod services;
pub mod sessions;
pub mod setup;
pub mod sign_in;
mod stored;
mod sweep;
pub mod systems;
pub mod templates;
pub mod tickets;
mod tx;
pub mod users;
mod visible;
pub mod vms;
mod wake;
pub mod workspaces;

pub use actor::Actor;
pub use connection::{Pools, Store};
pub use ctx::{Caller, Ctx, Run, Source};
pub use error::{Error, Result};
pub use idempotency::IdempotencyKey;
pub use migrations::{migrate, migrate_down};
pub use notices::NoticeKind;
pub use orders::{OrderKind, ticket_workflow};
pub use page::{Cursor, CursorPage, DEFAULT_PER_PAGE, MAX_PER_PAGE, Page, PageQuery, TOTAL_CAP};
pub use relay::Order;
pub use secrets::SecretName;
pub use wake::Wakes;
