//! What somebody uploads as the way to a cluster.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_domain::kubeconfig::{Credential, Kubeconfig};

fuzz_target!(|text: &str| {
    match Kubeconfig::parse(text) {
        Ok(read) => {
            let server = read.server();
            assert_eq!(server.scheme(), "https");
            assert!(server.has_host() && server.username().is_empty() && server.password().is_none());
            assert!(server.query().is_none() && server.fragment().is_none());
            assert!(read.authority_pem().contains("-----BEGIN CERTIFICATE-----"));
            if let Credential::Certificate { chain_pem, .. } = read.credential() {
                assert!(chain_pem.contains("-----BEGIN CERTIFICATE-----"));
            }
        }
        // The pointer goes into an answer: names of fields only, and no more of them than a reader wants.
        Err(refusal) => {
            assert!(!refusal.pointer.chars().any(char::is_control));
            assert!(refusal.pointer.chars().count() < 400, "{}", refusal.pointer);
        }
    }
});
