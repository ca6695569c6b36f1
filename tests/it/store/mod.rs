mod expiry;
mod idempotency;
mod poison;
mod round_trips;
mod schema;
mod sweeps;
mod tenant;
mod words;
