//! Slow and failing behaviour on demand: rules in `ConfigMap`s of namespace `kubevirt`, matched to a machine by
//! its namespace and name. The most recently created matching rule wins.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::{Api, ListParams};
use serde::Deserialize;

pub const NAMESPACE: &str = "kubevirt";
pub const LABEL: &str = "devcluster.kubevirt-shepherd.io/behaviour=true";

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    Slow,
    Unschedulable,
    ImagePullFailure,
    ImportFailure,
    CrashAfterStart,
    NeverReady,
    NodeLost,
    Reject,
}

/// What `data.rule` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub namespace: Pattern,
    pub name: Pattern,
    pub behaviour: Behaviour,
    #[serde(default)]
    delay_ms: Option<u64>,
    #[serde(default)]
    message: Option<String>,
}

impl Rule {
    /// The rule's message, or else the one that the real thing would give.
    pub fn message_or(&self, real: impl Into<String>) -> String {
        self.message.clone().unwrap_or_else(|| real.into())
    }

    pub fn delay_or(&self, usual: Duration) -> Duration {
        self.delay_ms.map_or(usual, Duration::from_millis)
    }
}

/// Exact text, or a prefix when it ends in `*`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => text.starts_with(prefix),
            None => text == self.0,
        }
    }
}

/// All rules of the cluster, the most recent first.
#[derive(Debug)]
pub struct Rules {
    api: Api<ConfigMap>,
    current: Mutex<Snapshot>,
}

#[derive(Debug, Default)]
struct Snapshot {
    version: u64,
    rules: Vec<Arc<Rule>>,
}

impl Rules {
    pub fn new(client: kube::Client) -> Self {
        Self { api: Api::namespaced(client, NAMESPACE), current: Mutex::default() }
    }

    /// Reads the rules afresh. The webhook does so before a machine comes into being: a rule that was
    /// acknowledged before the machine was sent always counts.
    pub async fn refresh(&self) -> Result<(), kube::Error> {
        let list = self.api.list(&ListParams::default().labels(LABEL)).await?;
        let version = list.metadata.resource_version.as_deref().map_or(0, number);
        let rules = parse(list.items);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if version >= current.version {
            *current = Snapshot { version, rules };
        }
        Ok(())
    }

    pub fn find(&self, namespace: &str, name: &str) -> Option<Arc<Rule>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rules = current.rules.iter();
        let found = rules.find(|rule| rule.namespace.matches(namespace) && rule.name.matches(name));
        found.cloned()
    }
}

/// Creation times are whole seconds, so the resource version decides between two rules of one second.
fn parse(maps: Vec<ConfigMap>) -> Vec<Arc<Rule>> {
    let mut rules: Vec<_> = maps.into_iter().filter_map(parse_one).collect();
    rules.sort_by(|(left, _), (right, _)| right.cmp(left));
    rules.into_iter().map(|(_, rule)| Arc::new(rule)).collect()
}

fn parse_one(map: ConfigMap) -> Option<((Option<Time>, u64), Rule)> {
    let name = map.metadata.name.unwrap_or_default();
    let data = map.data.unwrap_or_default();
    let age = (map.metadata.creation_timestamp, map.metadata.resource_version.as_deref().map_or(0, number));
    let text = data.get("rule").map_or("", String::as_str);
    match serde_json::from_str(text) {
        Ok(rule) => Some((age, rule)),
        Err(error) => {
            tracing::warn!(%name, %error, "behaviour rule is not understood");
            None
        }
    }
}

fn number(version: &str) -> u64 {
    version.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn map(created_at: i64, version: &str, rule: &serde_json::Value) -> ConfigMap {
        let mut map = ConfigMap::default();
        map.metadata.creation_timestamp = Timestamp::from_second(created_at).ok().map(Time);
        map.metadata.resource_version = Some(version.to_owned());
        map.data = Some([("rule".to_owned(), rule.to_string())].into());
        map
    }

    #[test]
    fn pattern_is_exact_or_a_prefix() {
        let exact = Pattern("vm-1".to_owned());
        assert!(exact.matches("vm-1") && !exact.matches("vm-10"));
        let prefix = Pattern("vm-*".to_owned());
        assert!(prefix.matches("vm-10") && !prefix.matches("other"));
        assert!(Pattern("*".to_owned()).matches(""));
    }

    #[test]
    fn most_recent_rule_comes_first() {
        let rule = |behaviour: &str| json!({"namespace": "*", "name": "*", "behaviour": behaviour});
        let rules = parse(vec![
            map(10, "9", &rule("slow")),
            map(20, "99", &rule("never_ready")),
            map(20, "100", &rule("reject")),
        ]);
        let behaviours: Vec<_> = rules.iter().map(|rule| rule.behaviour).collect();
        assert_eq!(behaviours, [Behaviour::Reject, Behaviour::NeverReady, Behaviour::Slow]);
    }

    #[test]
    fn broken_rule_is_left_out() {
        let rules = parse(vec![map(1, "1", &json!({"namespace": "*", "behaviour": "nonsense"}))]);
        assert!(rules.is_empty());
    }
}
