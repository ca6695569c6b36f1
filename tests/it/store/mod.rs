mod expiry;
mod idempotency;
mod poison;
mod round_trips;
mod schema;
mod sweep;
mod tenant;
mod words;
