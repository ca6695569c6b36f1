//! A process dies at every place that it passes, and nobody notices but for the time it takes.
//!
//! Each road is walked once to learn which places server and worker pass (`shepherd_faults::crash_point!`), then once
//! for each place, where the process kills itself. Clients repeat what was not answered, with the same key.

mod injected;
mod points;
mod results;
mod road;
mod sweep;
mod walker;

use road::Road;

#[tokio::test]
async fn a_request_that_succeeds() -> anyhow::Result<()> {
    sweep::sweep(Road::Success).await
}

#[tokio::test]
async fn a_request_that_is_rejected() -> anyhow::Result<()> {
    sweep::sweep(Road::Rejection).await
}

#[tokio::test]
async fn a_request_that_is_cancelled() -> anyhow::Result<()> {
    sweep::sweep(Road::Cancellation).await
}

#[tokio::test]
async fn a_request_that_expires() -> anyhow::Result<()> {
    sweep::sweep(Road::Expiry).await
}

#[tokio::test]
async fn a_run_that_fails_and_is_undone() -> anyhow::Result<()> {
    sweep::sweep(Road::Undo).await
}

#[tokio::test]
async fn a_run_that_is_abandoned() -> anyhow::Result<()> {
    sweep::sweep(Road::Abandonment).await
}

#[tokio::test]
async fn an_undo_that_is_refused() -> anyhow::Result<()> {
    sweep::sweep(Road::Refusal).await
}

#[tokio::test]
async fn a_run_that_temporal_has_lost() -> anyhow::Result<()> {
    sweep::sweep(Road::Loss).await
}

#[tokio::test]
async fn a_check_of_a_cluster() -> anyhow::Result<()> {
    sweep::sweep(Road::Check).await
}
