//! What a root disk is made from, as far as its words tell whether anybody can fetch it.

use crate::refusal::{self, Refusal};
use crate::template::BootSource;
use serde_json::json;
use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Longest name of an image, by the grammar of image references.
const MAX_NAME: usize = 255;
const MAX_TAG: usize = 128;
const MAX_URL: usize = 1024;

/// Parts of a parameter's name that say that its value opens something. Every reader of templates sees a URL.
const CREDENTIALS: [&str; 8] = ["token", "secret", "passw", "credential", "signature", "sig", "key", "auth"];

/// # Errors
/// `VALIDATION_FAILED` for a source that names nothing usable.
pub(crate) fn check(source: &BootSource) -> refusal::Result<()> {
    match source {
        BootSource::ContainerDisk { image } if is_image(image) => Ok(()),
        BootSource::ContainerDisk { .. } => {
            Err(Refusal::invalid("/boot_source/image", "REFERENCE", json!({"maximum": MAX_NAME})))
        }
        BootSource::CdiImport { url } => import_url(url)
            .map_err(|rule| Refusal::invalid("/boot_source/url", "URL", json!({"rule": rule, "schemes": ["https"]}))),
        BootSource::CdiClone { namespace, name } => {
            kubernetes_name("/boot_source/namespace", namespace)?;
            kubernetes_name("/boot_source/name", name)
        }
    }
}

/// Whether `text` is `[host[:port]/]path[:tag][@digest]` as every container runtime reads it.
fn is_image(text: &str) -> bool {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let (host, path) = match rest.split_once('/') {
        // Without a dot or a port the first part is a folder of the default registry.
        Some((host, path)) if host == "localhost" || host.contains(['.', ':']) => (Some(host), path),
        _ => (None, rest),
    };
    let (path, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    host.is_none_or(is_host)
        && host.map_or(0, |host| host.len() + 1) + path.len() <= MAX_NAME
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Lower case and digits, with one dot, one or two underscores, or any number of dashes between them.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut separators = text.split(word).filter(|between| !between.is_empty());
    let separates = |text: &str| matches!(text, "." | "_" | "__") || text.chars().all(|c| c == '-');
    text.starts_with(word) && text.ends_with(word) && separators.all(separates)
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= MAX_TAG && text.starts_with(word) && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

fn is_digest(text: &str) -> bool {
    let hex = |text: &str| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let of = |name, length| text.strip_prefix(name).is_some_and(|rest: &str| rest.len() == length && hex(rest));
    of("sha256:", 64) || of("sha512:", 128)
}

/// Checks a URL that a pod of the target cluster fetches: `https`, nothing in it that opens anything, and no address
/// that means the pod or its node.
///
/// # Errors
/// The rule that it breaks.
fn import_url(text: &str) -> Result<(), &'static str> {
    // The URL standard drops tabs and newlines and turns backslashes round; we want to see them.
    if text.len() > MAX_URL || !text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\')) {
        return Err("characters_or_length");
    }
    let rest = text.strip_prefix("https://").ok_or("scheme")?;
    let url = Url::parse(text).map_err(|_| "host")?;
    if rest.starts_with('/') || url.port() == Some(0) {
        return Err("host");
    }
    if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
        return Err("credentials");
    }
    if url.fragment().is_some() {
        return Err("fragment");
    }
    let opens = |name: &str| CREDENTIALS.iter().any(|word| name.to_lowercase().contains(word));
    if url.query_pairs().any(|(name, _)| opens(&name)) {
        return Err("credentials");
    }
    match url.host() {
        Some(Host::Domain(name)) if is_local_name(name) => Err("local_address"),
        // The URL standard takes quotes, brackets and dollars for parts of a name.
        Some(Host::Domain(name)) if name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) => Ok(()),
        Some(Host::Domain(_)) | None => Err("host"),
        Some(Host::Ipv4(address)) if !is_local(address) => Ok(()),
        Some(Host::Ipv6(address)) if !is_local_v6(address) => Ok(()),
        Some(_) => Err("local_address"),
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn is_local(address: Ipv4Addr) -> bool {
    let never_a_server = address.is_unspecified() || address.is_multicast() || address.is_broadcast();
    address.is_loopback() || address.is_link_local() || never_a_server
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    let never_a_server = address.is_unspecified() || address.is_multicast();
    let local = address.is_loopback() || address.is_unicast_link_local() || never_a_server;
    local || address.to_ipv4_mapped().is_some_and(is_local)
}

fn kubernetes_name(pointer: &'static str, text: &str) -> refusal::Result<()> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = !text.is_empty() && text.len() <= 253 && text.starts_with(edge) && text.ends_with(edge);
    if fits && text.chars().all(legal) {
        Ok(())
    } else {
        Err(Refusal::invalid(pointer, "KUBERNETES_NAME", json!({"maximum": 253})))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_every_runtime_reads() {
        let digest = format!("x@sha256:{}", "0a".repeat(32));
        let good =
            ["x", "quay.io/containerdisks/fedora:latest", "host:5000/a/b", "localhost/x", "a__b/c-d.e:V1", &digest];
        for image in good {
            assert!(is_image(image), "{image}");
        }
        let (long, longer) = ("x".repeat(600), format!("quay.io/{}", "x/".repeat(200)));
        let bad = [
            "",
            "http://x/y",
            "docker://x",
            "-x",
            "../x",
            "$(id)",
            "UPPER/x",
            "x@sha256:zz",
            "x:",
            "x/",
            "/x",
            "a..b/c",
            "a.b:0/c",
            "a___b",
            "x y",
            "x:-t",
            "a//b",
            "-a.b/c",
            &long,
            &longer,
        ];
        for image in bad {
            assert!(!is_image(image), "{image}");
        }
    }

    #[test]
    fn a_url_opens_nothing_and_leads_out() {
        for url in ["https://images.example/a.qcow2", "https://10.0.0.8:8443/a?arch=x86_64", "https://[2001:db8::1]/a"]
        {
            assert_eq!(import_url(url), Ok(()), "{url}");
        }
        let table = [
            ("http://images.example/a", "scheme"),
            ("ftp://x/y", "scheme"),
            ("https:///x", "host"),
            ("https://a'b/x", "host"),
            ("https://$(id).example/x", "host"),
            ("https://u:p@x/y", "credentials"),
            ("https://@x/y", "credentials"),
            ("https://x/y?token=secret", "credentials"),
            ("https://x/y?X-Amz-Signature=1", "credentials"),
            ("https://x/y#z", "fragment"),
            ("https://localhost/x", "local_address"),
            ("https://a.localhost./x", "local_address"),
            ("https://127.0.0.1/x", "local_address"),
            ("https://2130706433/x", "local_address"),
            ("https://169.254.169.254/latest", "local_address"),
            ("https://[::1]/x", "local_address"),
            ("https://[fe80::1]/x", "local_address"),
            ("https://[::ffff:169.254.169.254]/x", "local_address"),
            ("https://x\\y/z", "characters_or_length"),
        ];
        for (url, rule) in table {
            assert_eq!(import_url(url), Err(rule), "{url}");
        }
    }
}
