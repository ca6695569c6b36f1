//! The contract: types that cross HTTP, nothing else. `openapi.yaml` beside this crate is reviewed first; a test
//! holds the code to it.

pub mod page;
pub mod problem;
pub mod systems;
pub mod tickets;
