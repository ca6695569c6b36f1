//! What the machine does at best for the same work: the denominators.

pub(crate) mod bare;
pub(crate) mod pgbench;
pub(crate) mod submit;
