//! What a call cost: round trips and commits, counted where they happen.

use std::cell::Cell;

tokio::task_local! {
    static COUNTS: Cell<Counts>;
}

/// Round trips to the database and commits of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub round_trips: u64,
    pub commits: u64,
}

/// Runs a call and counts what it costs.
pub async fn counted<F: Future>(call: F) -> (F::Output, Counts) {
    let counting = async {
        let output = call.await;
        (output, COUNTS.with(Cell::get))
    };
    COUNTS.scope(Cell::default(), counting).await
}

/// One round trip; `commits` when it ended a transaction that wrote.
pub(crate) fn count(commits: bool) {
    // Outside a counted call nobody asks.
    let _ = COUNTS.try_with(|counts| {
        let Counts { round_trips, commits: before } = counts.get();
        counts.set(Counts { round_trips: round_trips + 1, commits: before + u64::from(commits) });
    });
}
