//! Names, beside the rules of DNS written as a regular expression.

use proptest::prelude::*;
use regex::Regex;
use std::sync::LazyLock;

use crate::name::{Label, Name, physical_namespace, vm_name};
use crate::refusal::{Code, Refusal};

/// RFC 1123, as the API server of Kubernetes checks it.
static DNS_LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$").expect("a regular expression"));

fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && DNS_LABEL.is_match(text)
}

/// Anything, what is nearly a name, and what is one.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9-]{0,18}",
        "[a-zA-Z0-9._ -]{0,70}",
        "(kube-|kubevirt-shepherd-)?[a-z][a-z0-9-]{0,9}",
        "default|system|admin|root|internal",
        "[a-z](-?[a-z0-9]){0,7}",
        "[a-z0-9]{60,66}",
    ]
}

fn accepted() -> impl Strategy<Value = String> {
    "[a-z](-?[a-z0-9]){0,7}".prop_filter("a name", |text| Name::parse("system", text).is_ok())
}

/// Whether the refusal's reason is true of the text.
fn is_true_of(text: &str, refusal: &Refusal) -> bool {
    let legal = text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'));
    match (refusal.code, refusal.params["rule"].as_str()) {
        (Code::NameTooLong, None) => text.chars().count() > 15 && refusal.params["length"] == text.chars().count(),
        (Code::NameInvalid, Some("empty")) => text.is_empty(),
        (Code::NameInvalid, Some("characters")) => {
            !legal || text.starts_with(|c: char| !c.is_ascii_lowercase()) || text.ends_with('-')
        }
        (Code::NameInvalid, Some("double_hyphen")) => text.contains("--"),
        (Code::NameInvalid, Some("reserved")) => {
            ["default", "system", "admin", "root", "internal"].contains(&text)
                || text.starts_with("kube-")
                || text.starts_with("kubevirt-shepherd-")
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_name_is_a_dns_label_kept_as_it_is_and_a_refusal_says_what_is_true(text in text()) {
        match Name::parse("system", &text) {
            Ok(name) => {
                prop_assert_eq!(name.as_str(), &text);
                prop_assert!(is_dns_label(&text) && text.len() <= 15 && !text.contains("--"), "{}", text);
                prop_assert_eq!(name.is_long(), text.len() > 12);
                prop_assert!(Name::parse("service", name.as_str()).is_ok());
            }
            Err(refusal) => prop_assert!(is_true_of(&text, &refusal), "{:?}: {:?}", text, refusal),
        }
    }

    #[test]
    fn a_namespace_is_named_by_the_same_rules_under_a_code_of_its_own(text in text()) {
        let (system, namespace) = (Name::parse("system", &text).err(), Name::parse("namespace", &text).err());
        prop_assert_eq!(system.as_ref().map(|r| r.params["rule"].clone()), namespace.as_ref().map(|r| r.params["rule"].clone()));
        let own = namespace.map(|refusal| refusal.code);
        prop_assert!(matches!(own, None | Some(Code::NameTooLong | Code::NamespaceNameInvalid)), "{:?}", own);
    }

    #[test]
    fn a_label_is_accepted_exactly_when_kubernetes_would(text in text()) {
        prop_assert_eq!(Label::parse("template", &text).is_ok(), is_dns_label(&text), "{:?}", text);
    }

    #[test]
    fn every_machine_of_legal_names_has_a_legal_name_that_tells_its_number(
        namespace in accepted(), system in accepted(), service in accepted(), number in 1_i64..1_000_000_000_000,
    ) {
        let name = vm_name(&namespace, &system, &service, number).expect("short enough");
        prop_assert!(is_dns_label(&name), "{}", name);
        let told = name.rsplit('-').next().and_then(|digits| digits.parse().ok());
        prop_assert_eq!(told, Some(number));
        prop_assert_ne!(vm_name(&namespace, &system, &service, number + 1), Ok(name));
    }

    #[test]
    fn namespaces_of_two_tenants_never_meet(a in accepted(), b in accepted(), one in accepted(), two in accepted()) {
        prop_assume!(one != two);
        prop_assert_ne!(physical_namespace(&one, &a), physical_namespace(&two, &b));
        prop_assert_ne!(physical_namespace("default", &a), physical_namespace(&two, &b));
    }
}
