//! The few facts the journal takes from a JSON body; the body itself is never kept.

use std::collections::BTreeMap;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::Deserialize;

/// Bodies longer than this are passed on unseen.
pub const LIMIT: usize = 1 << 20;

const TICKET_LABEL: &str = "kubevirt-shepherd.io/ticket-id";

/// Name, UID and ticket of the object in a body, and whether its options ask for a dry run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    pub name: Option<String>,
    pub uid: Option<String>,
    pub ticket: Option<String>,
    pub dry_run: bool,
}

/// Common ground of an object, a `Status` (`details`) and `DeleteOptions` (`dryRun`).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    details: Option<Metadata>,
    #[serde(default)]
    dry_run: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    name: Option<String>,
    uid: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

impl Glimpse {
    pub fn of(body: &[u8]) -> Glimpse {
        let Ok(document) = serde_json::from_slice::<Document>(body) else {
            return Glimpse::default();
        };
        let metadata = document.metadata.unwrap_or_default();
        let details = document.details.unwrap_or_default();
        let mut labels = metadata.labels.unwrap_or_default();
        Glimpse {
            name: metadata.name.or(details.name),
            uid: metadata.uid.or(details.uid),
            ticket: labels.remove(TICKET_LABEL),
            dry_run: document.dry_run.is_some_and(|stages| !stages.is_empty()),
        }
    }
}

/// JSON as sent, apply patches included: clients write those as JSON.
pub fn is_legible(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let json = kind.is_some_and(|kind| kind.contains("json") || kind.contains("apply-patch"));
    json && !headers.contains_key(CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_statuses_and_options_are_understood() {
        let vm = br#"{"kind":"VirtualMachine","metadata":{"name":"web","uid":"u1",
            "labels":{"kubevirt-shepherd.io/ticket-id":"t1","a":"b"}},"spec":{}}"#;
        let seen = Glimpse::of(vm);
        assert_eq!(seen.name.as_deref(), Some("web"));
        assert_eq!(seen.uid.as_deref(), Some("u1"));
        assert_eq!(seen.ticket.as_deref(), Some("t1"));

        let status = br#"{"kind":"Status","metadata":{},"details":{"name":"web","uid":"u1"}}"#;
        assert_eq!(Glimpse::of(status).uid.as_deref(), Some("u1"));
        assert!(Glimpse::of(br#"{"kind":"DeleteOptions","dryRun":["All"]}"#).dry_run);
        assert_eq!(Glimpse::of(b"[{\"op\":\"test\"}]"), Glimpse::default());
        assert_eq!(Glimpse::of(b"not json"), Glimpse::default());
    }
}
