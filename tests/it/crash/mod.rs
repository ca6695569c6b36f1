//! A process dies at every place that it passes, and nobody notices but for the time it takes.
//!
//! Each road is walked once to learn which places server and worker pass (`shepherd_faults::crash_point!`), then once
//! for each place, where the process kills itself. Clients repeat what was not answered, with the same key.

mod injected;
mod road;
mod sweep;
mod walker;

use road::Road;

#[tokio::test]
async fn a_request_that_succeeds() -> anyhow::Result<()> {
    sweep::sweep(Road::Success, 30).await
}

#[tokio::test]
async fn a_request_that_is_rejected() -> anyhow::Result<()> {
    sweep::sweep(Road::Rejection, 10).await
}

#[tokio::test]
async fn a_request_that_is_cancelled() -> anyhow::Result<()> {
    sweep::sweep(Road::Cancellation, 10).await
}

#[tokio::test]
async fn a_request_that_expires() -> anyhow::Result<()> {
    sweep::sweep(Road::Expiry, 10).await
}

#[tokio::test]
async fn a_run_that_fails_and_is_undone() -> anyhow::Result<()> {
    sweep::sweep(Road::Undo, 30).await
}

#[tokio::test]
async fn a_run_that_is_abandoned() -> anyhow::Result<()> {
    sweep::sweep(Road::Abandonment, 30).await
}

#[tokio::test]
async fn a_check_of_a_cluster() -> anyhow::Result<()> {
    sweep::sweep(Road::Check, 5).await
}
