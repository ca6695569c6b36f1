mod absent;
mod configuration;
