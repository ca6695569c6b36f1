//! Faults: what can be done to a call, to which calls, how often.

use serde::{Deserialize, Serialize};
use std::time::Instant;

use crate::bucket::Bucket;
use crate::matcher::Matcher;
use crate::request::Target;

/// A fault as the control API takes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    #[serde(rename = "match", default)]
    pub matcher: Matcher,
    /// Matches let through before the first hit.
    #[serde(default)]
    pub after: u64,
    /// Hits before the fault rests; absent: until removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    pub fault: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Answers with an error in place of the API server.
    Status {
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// Forwards late.
    Latency { ms: u64 },
    /// Never answers.
    Hang {},
    /// Forwards, then ends the connection in place of the answer.
    Lost {},
    /// Ends the connection without forwarding.
    Cut {},
    /// Breaks a watch off.
    DropWatch { after_ms: u64 },
    /// 410, as the answer or as an event inside a watch.
    Expired {
        #[serde(default)]
        in_stream: bool,
        /// Time the watch runs before the event.
        #[serde(default)]
        after_ms: u64,
    },
    /// 401.
    Unauthorized {},
    /// 429 with `Retry-After: 1` for what exceeds so many calls in a second.
    Bucket { per_second: u32, burst: u32 },
}

impl Kind {
    fn needs_watch(&self) -> bool {
        let in_stream = matches!(self, Kind::Expired { in_stream, .. } if *in_stream);
        in_stream || matches!(self, Kind::DropWatch { .. })
    }
}

/// A registered fault with its counters.
#[derive(Debug, Serialize)]
pub struct Fault {
    pub id: String,
    #[serde(flatten)]
    order: Order,
    /// Matching calls that came to this fault while it was active.
    seen: u64,
    /// Calls it was applied to.
    hits: u64,
    #[serde(skip)]
    bucket: Option<Bucket>,
}

impl Fault {
    pub fn new(id: String, order: Order) -> Result<Fault, String> {
        if order.times == Some(0) {
            return Err("times must be at least 1".to_owned());
        }
        if let Kind::Status { status, .. } = &order.fault
            && !(400..600).contains(status)
        {
            return Err("status must be from 400 to 599".to_owned());
        }
        let bucket = match order.fault {
            Kind::Bucket { per_second: 0, .. } | Kind::Bucket { burst: 0, .. } => {
                return Err("per_second and burst must be at least 1".to_owned());
            }
            Kind::Bucket { per_second, burst } => Some(Bucket::full(per_second, burst, Instant::now())),
            _ => None,
        };
        Ok(Fault { id, order, seen: 0, hits: 0, bucket })
    }

    /// Whether this fault takes the call; counts.
    pub fn takes(&mut self, target: &Target) -> bool {
        let spent = self.order.times.is_some_and(|times| self.hits >= times);
        if spent || !self.matches(target) {
            return false;
        }
        self.seen += 1;
        let empty = self.bucket.as_mut().is_none_or(|bucket| !bucket.take(Instant::now()));
        let hit = empty && self.seen > self.order.after;
        self.hits += u64::from(hit);
        hit
    }

    pub fn kind(&self) -> Kind {
        self.order.fault.clone()
    }

    fn matches(&self, target: &Target) -> bool {
        let apt = target.is_watch() || !self.order.fault.needs_watch();
        apt && self.order.matcher.matches(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Method, Uri};
    use serde_json::{Value, json};

    const WEB: &str = "/apis/kubevirt.io/v1/namespaces/dev/virtualmachines/web-1";

    fn fault(order: Value) -> Result<Fault, String> {
        let order = serde_json::from_value(order).map_err(|error| error.to_string())?;
        Fault::new("fault-1".to_owned(), order)
    }

    #[test]
    fn after_and_times_bound_the_hits() -> Result<(), String> {
        let order = json!({"after": 1, "times": 2, "fault": {"kind": "lost"}});
        let mut fault = fault(order)?;
        let target = Target::parse(&Method::PATCH, &Uri::from_static(WEB));
        let hits = [0; 5].map(|_| fault.takes(&target));
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!((fault.seen, fault.hits), (3, 2));
        Ok(())
    }

    #[test]
    fn a_bucket_takes_what_exceeds_its_burst() -> Result<(), String> {
        let mut fault = fault(json!({"fault": {"kind": "bucket", "per_second": 1, "burst": 2}}))?;
        let target = Target::parse(&Method::PATCH, &Uri::from_static(WEB));
        let hits = [0; 3].map(|_| fault.takes(&target));
        assert_eq!(hits, [false, false, true]);
        assert_eq!((fault.seen, fault.hits), (3, 1));
        Ok(())
    }

    #[test]
    fn watch_faults_leave_other_calls_alone() -> Result<(), String> {
        let mut fault = fault(json!({"fault": {"kind": "expired", "in_stream": true}}))?;
        let list = Uri::from_static("/api/v1/pods");
        let watch = Uri::from_static("/api/v1/pods?watch=1");
        assert!(!fault.takes(&Target::parse(&Method::GET, &list)));
        assert!(fault.takes(&Target::parse(&Method::GET, &watch)));
        Ok(())
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for order in [
            json!({"fault": {"kind": "hang", "ms": 1}}),
            json!({"fault": {"kind": "status", "status": 200}}),
            json!({"fault": {"kind": "cut"}, "times": 0}),
            json!({"fault": {"kind": "bucket", "per_second": 0, "burst": 1}}),
            json!({"fault": {"kind": "cut"}, "match": {"path_regex": "("}}),
            json!({"fault": {"kind": "cut"}, "match": {"kind": "Pod"}}),
            json!({"match": {}}),
        ] {
            assert!(fault(order.clone()).is_err(), "{order}");
        }
    }
}
