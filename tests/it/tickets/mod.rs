mod approve;
mod deadlock;
mod decide;
mod execute;
mod list;
mod revoked;
mod steps;
mod submit;
