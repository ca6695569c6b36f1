mod bodies;
mod foreign;
mod input;
mod leaves;
mod members;
mod methods;
mod permission;
mod query;
