//! CDI: a data volume from nothing to filled, by import, clone or upload alike.

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::behaviour::{Behaviour, Rule};
use crate::condition::{self, Condition};
use crate::kinds::{DataVolume, DataVolumeStatus};
use crate::play::{Pace, launcher};

const SCHEDULE_MS: u64 = 30;
const STEP_MS: u64 = 30;
/// What an import shows on its way; a slow one takes longer between them.
const PROGRESS: [&str; 4] = ["0.00%", "37.00%", "74.00%", "100.00%"];

/// The status that is due, and when to look again if it is the present one.
pub fn next(
    volume: &DataVolume,
    age: Duration,
    rule: Option<&Rule>,
    pace: Pace,
    now: &Time,
) -> (DataVolumeStatus, Option<Duration>) {
    let present = &volume.status;
    let failing = rule.filter(|rule| rule.behaviour == Behaviour::ImportFailure);
    let (wait, phase, progress) = match present.phase.as_str() {
        "" => (Duration::ZERO, "Pending", None),
        "Pending" => (pace.millis(SCHEDULE_MS), "ImportScheduled", None),
        "ImportScheduled" => (pace.millis(SCHEDULE_MS), "ImportInProgress", Some(PROGRESS[0])),
        "ImportInProgress" => match (failing, following(present.progress.as_deref())) {
            (Some(rule), _) => (rule.delay_or(pace.millis(STEP_MS)), "Failed", None),
            (None, Some(progress)) => (step(rule, pace), "ImportInProgress", Some(progress)),
            (None, None) => (step(rule, pace), "Succeeded", Some("100.0%")),
        },
        "Failed" if failing.is_none() => (Duration::ZERO, "ImportScheduled", None),
        _ => return (present.clone(), None),
    };
    if volume.is_deleting() {
        return (present.clone(), None);
    }
    let left = wait.saturating_sub(age);
    if !left.is_zero() {
        return (present.clone(), Some(left));
    }
    let mut status = present.clone();
    phase.clone_into(&mut status.phase);
    status.progress = progress.or(present.progress.as_deref()).map(str::to_owned).or(Some("N/A".to_owned()));
    status.claim_name = Some(volume.name().to_owned());
    for condition in conditions(phase, volume.name(), failing) {
        condition::set(&mut status.conditions, condition, now);
    }
    if phase == "Failed" {
        status.restart_count = Some(status.restart_count.unwrap_or(0).saturating_add(1));
    }
    (status, None)
}

/// The progress after this one; none after the last.
fn following(progress: Option<&str>) -> Option<&'static str> {
    let known = PROGRESS.iter().position(|each| Some(*each) == progress);
    let index = known.map_or(0, |known| known.saturating_add(1));
    PROGRESS.get(index).copied()
}

fn step(rule: Option<&Rule>, pace: Pace) -> Duration {
    let slow = rule.filter(|rule| rule.behaviour == Behaviour::Slow);
    slow.map_or(pace.millis(STEP_MS), |rule| {
        let steps = u32::try_from(PROGRESS.len()).unwrap_or(1);
        rule.delay_or(pace.millis(launcher::SLOW_MS)).checked_div(steps).unwrap_or_default()
    })
}

fn conditions(phase: &str, claim: &str, failing: Option<&Rule>) -> [Condition; 3] {
    let bound = match phase {
        "Pending" => Condition::no("Bound").because("Pending", format!("PVC {claim} Pending")),
        _ => Condition::yes("Bound").because("Bound", format!("PVC {claim} Bound")),
    };
    let ready = match phase {
        "Succeeded" => Condition::yes("Ready"),
        _ => Condition::no("Ready").because("TransferRunning", ""),
    };
    let running = match phase {
        "ImportInProgress" => Condition::yes("Running").because("Pod is running", ""),
        "Succeeded" => Condition::no("Running").because("Completed", "Import Complete"),
        "Failed" => {
            let real =
                "Unable to connect to http data source: expected status code 200, got 404. Status: 404 Not Found";
            let message = failing.map_or_else(|| real.to_owned(), |rule| rule.message_or(real));
            Condition::no("Running").because("Error", message)
        }
        _ => Condition::no("Running"),
    };
    [bound, ready, running]
}
