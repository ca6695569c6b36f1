//! Names of Systems, Services and namespaces, and of the VMs made from them.

use crate::refusal::{Code, Refusal};
use serde_json::json;

/// Most characters of a System, Service or namespace name.
pub const MAX_LENGTH: usize = 15;
/// More characters than this are accepted with a warning.
pub const SOFT_LENGTH: usize = 12;
/// Most characters of a Kubernetes name that is also a host name (RFC 1123 label).
pub const MAX_VM_LENGTH: usize = 63;

/// Most characters of the name of a cluster, template or instance size.
pub const MAX_LABEL_LENGTH: usize = 63;

const RESERVED: [&str; 5] = ["default", "system", "admin", "root", "internal"];
const RESERVED_PREFIXES: [&str; 2] = ["kube-", "kubevirt-shepherd-"];

/// Checked name of a System, Service or namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Parses `text`; `entity` (`system`, `service`, `namespace`) goes into the refusal.
    ///
    /// # Errors
    /// `NAME_TOO_LONG` with the length and a suggestion, `NAME_INVALID` with the rule that is broken
    /// (`characters`, `double_hyphen`, `reserved`, `empty`).
    pub fn parse(entity: &'static str, text: &str) -> Result<Self, Refusal> {
        if text.chars().count() > MAX_LENGTH {
            return Err(Refusal::new(Code::NameTooLong).with(json!({
                "entity": entity, "name": bounded(text), "length": text.chars().count(),
                "maximum": MAX_LENGTH, "suggestion": suggestion(text),
            })));
        }
        match broken_rule(text) {
            Some(rule) => {
                let code = if entity == "namespace" { Code::NamespaceNameInvalid } else { Code::NameInvalid };
                Err(Refusal::new(code).with(json!({"entity": entity, "name": text, "rule": rule})))
            }
            None => Ok(Self(text.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is legal but long enough to make VM names hard to read.
    pub fn is_long(&self) -> bool {
        self.0.len() > SOFT_LENGTH
    }
}

/// Checked name of a cluster, template or instance size: a Kubernetes label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// Parses `text`; `entity` goes into the refusal.
    ///
    /// # Errors
    /// `NAME_TOO_LONG` with the length, `NAME_INVALID` with the rule that is broken (`empty`, `characters`).
    pub fn parse(entity: &'static str, text: &str) -> Result<Self, Refusal> {
        let length = text.chars().count();
        if length > MAX_LABEL_LENGTH {
            let params =
                json!({"entity": entity, "name": bounded(text), "length": length, "maximum": MAX_LABEL_LENGTH});
            return Err(Refusal::new(Code::NameTooLong).with(params));
        }
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let rule = if text.is_empty() {
            "empty"
        } else if !text.starts_with(edge) || !text.ends_with(edge) || !text.chars().all(|c| edge(c) || c == '-') {
            "characters"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Refusal::new(Code::NameInvalid).with(json!({"entity": entity, "name": text, "rule": rule})))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn broken_rule(text: &str) -> Option<&'static str> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        return Some("empty");
    }
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    let ends = text.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !starts || !ends || !text.chars().all(legal) {
        return Some("characters");
    }
    if text.contains("--") {
        return Some("double_hyphen");
    }
    let reserved = RESERVED.contains(&text) || RESERVED_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
    reserved.then_some("reserved")
}

fn suggestion(text: &str) -> String {
    let cut: String = text.chars().take(MAX_LENGTH).collect();
    cut.trim_end_matches('-').to_owned()
}

fn bounded(text: &str) -> String {
    text.chars().take(253).collect()
}

/// Name of instance `number` of a Service in a namespace: `{namespace}-{system}-{service}-{NN}`.
///
/// # Errors
/// `VM_NAME_TOO_LONG` when the result is no legal host name; the parts' own limits make that impossible
/// before instance 100,000,000,000,000.
pub fn vm_name(namespace: &str, system: &str, service: &str, number: i64) -> Result<String, Refusal> {
    let name = format!("{namespace}-{system}-{service}-{number:02}");
    if name.len() > MAX_VM_LENGTH {
        return Err(Refusal::new(Code::VmNameTooLong).with(json!({"name": name, "maximum": MAX_VM_LENGTH})));
    }
    Ok(name)
}

/// Name of a registered namespace on a cluster: the plain name in the default tenant, else
/// `{tenant}--{name}`. Two hyphens are illegal in names, so no two tenants collide.
pub fn physical_namespace(tenant_slug: &str, name: &str) -> String {
    if tenant_slug == "default" { name.to_owned() } else { format!("{tenant_slug}--{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legal_name_is_kept_as_it_is() {
        for text in ["a", "shop", "web-1", "a1b2c3", "abcdefghijklmno"] {
            assert_eq!(Name::parse("system", text).map(|n| n.as_str().to_owned()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn every_broken_rule_is_named() {
        let table = [
            ("", "empty"),
            ("1web", "characters"),
            ("-web", "characters"),
            ("web-", "characters"),
            ("Web", "characters"),
            ("we b", "characters"),
            ("wéb", "characters"),
            ("we--b", "double_hyphen"),
            ("default", "reserved"),
            ("kube-web", "reserved"),
        ];
        for (text, rule) in table {
            let refusal = Name::parse("system", text).err();
            assert_eq!(refusal.map(|r| r.params["rule"].clone()), Some(rule.into()), "{text}");
        }
    }

    #[test]
    fn sixteen_characters_are_too_long_and_twelve_are_not_even_warned_of() {
        let refusal =
            Name::parse("service", "abcdefghijklmno-p").err().map(|r| (r.code, r.params["suggestion"].clone()));
        assert_eq!(refusal, Some((Code::NameTooLong, "abcdefghijklmno".into())));
        assert_eq!(Name::parse("service", "abcdefghijkl").map(|n| n.is_long()), Ok(false));
        assert_eq!(Name::parse("service", "abcdefghijklm").map(|n| n.is_long()), Ok(true));
    }

    #[test]
    fn labels_are_those_of_kubernetes() {
        for text in ["a", "1", "ubuntu-24-04", "a--b", &"x".repeat(63)] {
            assert_eq!(Label::parse("template", text).map(|n| n.as_str().to_owned()), Ok(text.to_owned()));
        }
        for (text, rule) in [("", "empty"), ("A", "characters"), ("-a", "characters"), ("a.b", "characters")] {
            let refusal = Label::parse("template", text).err();
            assert_eq!(refusal.map(|r| r.params["rule"].clone()), Some(rule.into()), "{text}");
        }
        let long = Label::parse("template", &"x".repeat(64)).err().map(|r| r.code);
        assert_eq!(long, Some(Code::NameTooLong));
    }

    #[test]
    fn instance_numbers_are_padded_and_grow_past_two_digits() {
        assert_eq!(vm_name("team", "shop", "web", 7), Ok("team-shop-web-07".to_owned()));
        assert_eq!(vm_name("team", "shop", "web", 123), Ok("team-shop-web-123".to_owned()));
    }

    #[test]
    fn namespaces_of_other_tenants_carry_the_tenant() {
        assert_eq!(physical_namespace("default", "team"), "team");
        assert_eq!(physical_namespace("bank", "team"), "bank--team");
    }
}
