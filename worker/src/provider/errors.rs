//! From kube's errors to classified faults.

use std::error::Error;
use std::time::Duration;

use shepherd_domain::fault::{Answer, Fault, FaultCode, Operation};

use super::egress::EgressDenied;

/// Classifies an error of kube's.
pub(super) fn fault(operation: Operation, error: &kube::Error) -> Fault {
    match error {
        kube::Error::Api(status) => answered(operation, status),
        kube::Error::BuildRequest(_) => Fault::new(FaultCode::ManifestInvalid, chain(error)),
        _ if is_egress(error) => Fault::new(FaultCode::EgressDenied, chain(error)),
        _ => Fault::new(FaultCode::ClusterUnhealthy, chain(error)),
    }
}

/// Classifies a `Status` that is an error.
pub(super) fn answered(operation: Operation, status: &kube::core::Status) -> Fault {
    let answer = Answer { status: status.code, message: &status.message };
    let asked = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
    let wait = (asked > 0).then(|| Duration::from_secs(u64::from(asked)));
    Fault::from_answer(operation, answer).after(wait)
}

/// Fault of a client that could not even be built.
pub(super) fn unusable(error: &(dyn Error + 'static)) -> Fault {
    let code = if is_egress(error) { FaultCode::EgressDenied } else { FaultCode::ClusterCredentialRejected };
    Fault::new(code, chain(error))
}

fn is_egress(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(<dyn Error>::is::<EgressDenied>)
}

/// All messages of an error, outermost first, without repetitions.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in causes(error) {
        let words = cause.to_string();
        if !text.contains(&words) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&words);
        }
    }
    text
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
