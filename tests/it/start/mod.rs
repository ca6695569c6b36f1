mod absent;
mod configuration;
mod ending;
mod hanging;
mod panics;
