//! The frame around every activity in which tests disturb it. It is nothing in release builds.

use shepherd_faults::{Disturbance, crash_point, disturbance};
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};

type Result<T> = std::result::Result<T, ActivityError>;

/// Executes an activity, disturbed if a test asks for that.
///
/// # Errors
/// Those of the activity; an injected one.
pub(super) async fn execute<T, F>(activity: &ActivityContext, act: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let name = activity.info().activity_type.as_str();
    crash_point!("activity {name}: begin");
    let kind = disturbance(name);
    if let Some(kind) = kind {
        crash_point!("activity {name}: {}", kind.as_str());
    }
    match kind {
        None => {}
        Some(Disturbance::FailBefore) => return Err(injected()),
        Some(Disturbance::FailAfter) => return act().await.and_then(|_| Err(injected())),
        Some(Disturbance::Twice) => drop(act().await?),
        Some(Disturbance::Hang) => std::future::pending().await,
        Some(Disturbance::Silence) => {
            act().await?;
            std::future::pending().await
        }
    }
    let done = act().await;
    crash_point!("activity {name}: end");
    done
}

fn injected() -> ActivityError {
    ActivityError::application(
        ApplicationFailure::builder(anyhow::anyhow!("injected")).type_name("INJECTED".to_owned()).build(),
    )
}
