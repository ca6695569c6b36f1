mod absent;
mod configuration;
mod hanging;
