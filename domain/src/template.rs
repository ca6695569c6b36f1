//! Templates: what a VM boots from. Software only; hardware belongs to instance sizes.

use crate::boot_source;
use crate::refusal::{Code, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error as YamlError, Options};

/// Most bytes of a cloud-init document; KubeVirt's limit for inline user data is 2 KiB, larger ones need
/// a Secret, which is not built.
pub const MAX_CLOUD_INIT: usize = 2048;

/// Where a template version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateStatus {
    /// Editable, not usable.
    Draft,
    /// Frozen and usable; one per name.
    Active,
    /// No new VMs.
    Deprecated,
    /// Kept for the audit, hidden.
    Archived,
}

impl TemplateStatus {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Deprecated, Self::Archived];

    /// Word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Archived => "archived",
        }
    }

    /// Status of that word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether `next` may follow directly.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Active) | (Self::Active, Self::Deprecated) | (Self::Deprecated, Self::Archived)
        )
    }
}

/// What the root disk is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BootSource {
    /// Image pulled by the node; the root disk does not survive a restart of the VM.
    ContainerDisk { image: String },
    /// Image imported by CDI over HTTP into a new volume.
    CdiImport { url: String },
    /// Volume cloned by CDI from an existing claim.
    CdiClone { namespace: String, name: String },
}

impl BootSource {
    /// Whether the root disk is the image's own: it has no size to choose, and what is written to it is gone when the
    /// VM stops.
    pub fn is_ephemeral(&self) -> bool {
        matches!(self, Self::ContainerDisk { .. })
    }
}

/// The part of a template that reaches the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSpec {
    pub boot_source: BootSource,
    /// `#cloud-config` document, verbatim.
    pub cloud_init: Option<String>,
}

impl TemplateSpec {
    /// # Errors
    /// `CLOUD_INIT_INVALID` (rules `header`, `yaml`, `too_long`, `not_a_mapping`), `VALIDATION_FAILED` for a
    /// boot source that names nothing usable.
    pub fn check(&self) -> Result<()> {
        boot_source::check(&self.boot_source)?;
        self.cloud_init.as_deref().map_or(Ok(()), check_cloud_init)
    }
}

/// Checks that `text` is a `#cloud-config` document: header, size, YAML, a mapping at the top.
///
/// # Errors
/// `CLOUD_INIT_INVALID` with the rule and, where there is one, the place as `line:column`.
pub fn check_cloud_init(text: &str) -> Result<()> {
    let refuse = |rule: &str, detail: Option<String>| {
        let params = json!({"rule": rule, "detail": detail, "maximum": MAX_CLOUD_INIT});
        Err(Refusal::new(Code::CloudInitInvalid).with(params))
    };
    if text.len() > MAX_CLOUD_INIT {
        return refuse("too_long", None);
    }
    if text.contains('\0') {
        return refuse("yaml", None);
    }
    if text.lines().next().map(str::trim_end) != Some("#cloud-config") {
        return refuse("header", None);
    }
    if let Some(number) = text.lines().position(|line| line.starts_with('\t') && !line.trim().is_empty()) {
        return refuse("tab", Some(format!("{}:1", number + 1)));
    }
    match serde_saphyr::from_str_with_options::<Value>(text, yaml_options()) {
        Ok(Value::Object(_) | Value::Null) => Ok(()),
        Ok(_) => refuse("not_a_mapping", None),
        Err(error) => {
            let error = error.without_snippet();
            let place = error.location().map(|place| format!("{}:{}", place.line(), place.column()));
            refuse(yaml_rule(error), place)
        }
    }
}

/// Anchors, aliases and tags are refused: few lines of them stand for millions, and the parser in the guest knows
/// less of them than ours.
fn yaml_options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 32,
            max_documents: 1,
            max_events: 4096,
            max_nodes: 2048,
            max_merge_keys: 0,
        },
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

fn yaml_rule(error: &YamlError) -> &'static str {
    match error {
        YamlError::MultipleDocuments { .. } => "several_documents",
        YamlError::DuplicateMappingKey { .. } => "duplicate_key",
        YamlError::UnsupportedTag { .. } => "tag",
        YamlError::UnknownAnchor { .. } | YamlError::AliasError { .. } => "alias",
        YamlError::Budget { breach, .. } => match breach {
            BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::MergeKeys { .. } => "alias",
            BudgetBreach::Documents { .. } => "several_documents",
            _ => "too_complex",
        },
        _ => "yaml",
    }
}

/// Members that belong to an instance size and have no place in a template.
const HARDWARE: [&str; 9] = [
    "cpu",
    "memory",
    "resources",
    "domain",
    "requires_gpu",
    "requires_sriov",
    "requires_hugepages",
    "dedicated_cpu",
    "hugepages_size",
];

/// Refuses hardware in the body of a template, at any depth and in any case.
///
/// # Errors
/// `TEMPLATE_SPEC_VIOLATION` with the pointer of the first hardware member.
pub fn refuse_hardware(body: &Value) -> Result<()> {
    match hardware_path(body, String::new()) {
        Some(path) => Err(Refusal::new(Code::TemplateSpecViolation).with(json!({"pointer": path}))),
        None => Ok(()),
    }
}

fn hardware_path(value: &Value, at: String) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let here = format!("{at}/{name}");
            let lower = name.to_lowercase();
            let first = lower.split('.').next_back().unwrap_or_default();
            if HARDWARE.contains(&lower.as_str()) || HARDWARE.contains(&first) {
                Some(here)
            } else {
                hardware_path(value, here)
            }
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| hardware_path(item, format!("{at}/{i}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloud_init_must_be_a_mapping_in_yaml_under_the_header() {
        assert_eq!(check_cloud_init("#cloud-config\nusers: [default]\n"), Ok(()));
        let table = [
            ("users: []", "header"),
            ("#cloud-config\nusers: [", "yaml"),
            ("#cloud-config\n- a\n", "not_a_mapping"),
            ("#cloud-config\na: \0\n", "yaml"),
            ("#cloud-config\na:\n\tb: 1\n", "tab"),
            ("#cloud-config\na: !!python/object:x {}\n", "tag"),
            ("#cloud-config\na: 1\na: 2\n", "duplicate_key"),
            ("#cloud-config\na: &x [1]\nb: *x\n", "alias"),
            ("#cloud-config\na: 1\n---\nb: 1\n", "several_documents"),
        ];
        for (text, rule) in table {
            let found = check_cloud_init(text).err().map(|r| r.params["rule"].clone());
            assert_eq!(found, Some(rule.into()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place_and_without_sentences() {
        let params = check_cloud_init("#cloud-config\nusers: [\n").err().map(|r| r.params).unwrap_or_default();
        let place = params["detail"].as_str().unwrap_or_default();
        assert!(place.contains(':') && place.bytes().all(|b| b == b':' || b.is_ascii_digit()), "{params}");
        let script = "#cloud-config\nruncmd:\n  - |\n    if true; then\n    \techo yes\n    fi\n";
        assert_eq!(check_cloud_init(script), Ok(()));
    }

    #[test]
    fn hardware_is_found_at_any_depth_and_in_any_case() {
        assert_eq!(refuse_hardware(&json!({"boot_source": {"kind": "container_disk"}})), Ok(()));
        for body in [json!({"CPU": 1}), json!({"a": [{"Resources": {}}]}), json!({"spec.template.spec.domain": {}})] {
            assert_eq!(refuse_hardware(&body).err().map(|r| r.code), Some(Code::TemplateSpecViolation), "{body}");
        }
    }

    #[test]
    fn a_template_goes_one_way() {
        use TemplateStatus::{Active, Archived, Deprecated, Draft};
        assert!(Draft.may_become(Active) && Active.may_become(Deprecated) && Deprecated.may_become(Archived));
        assert!(!Active.may_become(Draft) && !Archived.may_become(Active) && !Draft.may_become(Archived));
    }
}
