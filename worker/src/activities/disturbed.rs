//! The frame around every activity in which tests disturb it. It is nothing in release builds.

use shepherd_faults::{Disturbance, crash_point, disturbance};
use shepherd_workflows::VmRequest;
use temporalio_client::Client;
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{ActivityContext, ActivityError};

type Result<T> = std::result::Result<T, ActivityError>;

/// Executes an activity, disturbed if a test asks for that.
///
/// # Errors
/// Those of the activity; an injected one.
pub(super) async fn execute<T, F>(client: &Client, activity: &ActivityContext, act: impl Fn() -> F) -> Result<T>
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
        Some(Disturbance::Cancel) => cancel_run(client, activity).await?,
    }
    let done = act().await;
    crash_point!("activity {name}: end");
    done
}

/// Cancels the run, of whatever workflow, as an operator does.
async fn cancel_run(client: &Client, activity: &ActivityContext) -> Result<()> {
    let run = activity.info().workflow_id.clone().unwrap_or_default();
    let run = client.get_workflow_handle::<VmRequest>(run);
    Ok(run.cancel(Default::default()).await?)
}

fn injected() -> ActivityError {
    ActivityError::application(
        ApplicationFailure::builder(anyhow::anyhow!("injected")).type_name("INJECTED".to_owned()).build(),
    )
}
