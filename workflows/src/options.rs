//! Time-outs and retries, stated once.

use std::time::Duration;
use temporalio_workflow::{
    ActivityCancellationType, ActivityCloseTimeouts, ActivityOptions, LocalActivityOptions, RetryPolicy,
    WorkflowCancellationToken,
};

/// Longer than anything waits: a retryable cause never gives up by itself.
const FOR_EVER: Duration = Duration::from_secs(10 * 365 * 86_400);
/// A worker that is silent for this long is taken for dead and its activity given to another.
pub const HEARTBEAT: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(300);

/// Causes that trying again can never mend. The worker marks every permanent failure itself, these and the ones
/// that are permanent only at times: a denial from an API server that is still starting passes.
const PERMANENT: [&str; 7] = [
    "NAMESPACE_QUOTA_EXCEEDED",
    "NAMESPACE_NAME_INVALID",
    "MANIFEST_INVALID",
    "OBJECT_NOT_OURS",
    "DIGEST_MISMATCH",
    "VM_START_FAILED",
    "VM_NOT_READY",
];

/// A database step.
pub(crate) fn database(summary: &str) -> LocalActivityOptions {
    LocalActivityOptions::builder()
        .start_to_close_timeout(Duration::from_secs(10))
        .schedule_to_close_timeout(FOR_EVER)
        .schedule_to_start_timeout(FOR_EVER)
        .timer_backoff_threshold(Duration::from_secs(60))
        .retry_policy(retry(Duration::from_millis(200), Duration::from_secs(30)))
        .summary(summary.to_owned())
        .build()
}

/// A database step that goes on when the run is cancelled from outside: what was done is still taken back.
pub(crate) fn database_detached(summary: &str) -> LocalActivityOptions {
    let mut options = database(summary);
    options.cancellation_token = Some(WorkflowCancellationToken::new());
    options
}

/// An effect on a cluster that takes at most `limit` a try.
pub(crate) fn effect(limit: Duration, summary: String, token: WorkflowCancellationToken) -> ActivityOptions {
    let close = ActivityCloseTimeouts::ScheduleAndStartToClose { start_to_close: limit, schedule_to_close: FOR_EVER };
    ActivityOptions::with_close_timeouts(close)
        .schedule_to_start_timeout(FOR_EVER)
        .heartbeat_timeout(HEARTBEAT)
        .retry_policy(retry(FIRST_RETRY, LONGEST_RETRY))
        .cancellation_type(ActivityCancellationType::WaitCancellationCompleted)
        .cancellation_token(token)
        .summary(summary)
        .build()
}

fn retry(first: Duration, longest: Duration) -> RetryPolicy {
    RetryPolicy::builder()
        .initial_interval(first)
        .backoff_coefficient(2.0)
        .maximum_interval(longest)
        .non_retryable_error_types(PERMANENT.map(str::to_owned).to_vec())
        .build()
}
