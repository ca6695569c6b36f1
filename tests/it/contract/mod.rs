mod bodies;
mod foreign;
mod input;
mod leaves;
mod permission;
