//! Where the components are.

use anyhow::Context as _;

/// Value of a variable that the test command sets.
///
/// # Errors
/// When it is missing: a missing component fails its tests.
pub fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name)
        .with_context(|| format!("{name} is not set: run `cargo xtask test`, or `cargo xtask env` first"))
}
