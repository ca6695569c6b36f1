//! References of images, and addresses that a cluster fetches.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_domain::template::{BootSource, TemplateSpec};
use url::{Host, Url};

fn is_taken(boot_source: BootSource) -> bool {
    TemplateSpec { boot_source, cloud_init: None }.check().is_ok()
}

fuzz_target!(|text: &str| {
    if is_taken(BootSource::ContainerDisk { image: text.to_owned() }) {
        assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "./:@_-".contains(c)), "{text}");
        // A tag may hold two dots, a path must not.
        let path = text.split(':').next().unwrap_or_default();
        assert!(!text.contains("://") && !path.contains("..") && !text.starts_with(['/', '-']), "{text}");
    }
    if is_taken(BootSource::CdiImport { url: text.to_owned() }) {
        assert!(text.starts_with("https://") && text.chars().all(|c| c.is_ascii_graphic()), "{text}");
        let url = Url::parse(text).expect("a URL");
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{text}");
        match url.host().expect("a host") {
            Host::Domain(name) => {
                assert!(name != "localhost" && !name.ends_with(".localhost"), "{text}");
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)), "{text}");
            }
            Host::Ipv4(address) => {
                assert!(!address.is_loopback() && !address.is_link_local() && !address.is_unspecified(), "{text}");
            }
            Host::Ipv6(address) => assert!(!address.is_loopback() && !address.is_unspecified(), "{text}"),
        }
    }
    if let Some((namespace, name)) = text.split_once('/') {
        let clone = BootSource::CdiClone { namespace: namespace.to_owned(), name: name.to_owned() };
        if is_taken(clone) {
            assert!(namespace.len() <= 253 && name.len() <= 253 && text.is_ascii(), "{text}");
        }
    }
});
