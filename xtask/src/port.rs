//! Loopback ports: asked for, kept, replaced when taken.

use std::collections::BTreeMap;
use std::net::TcpListener;

use anyhow::{Context, Result};

use crate::progress;

/// The ports of one checkout start here, so that two checkouts rarely meet.
const FIRST: u16 = 20_000;
const PER_CHECKOUT: u16 = 16;
const N_CHECKOUTS: u16 = 700;

pub type Ports = BTreeMap<String, u16>;

/// A port that nobody listens on.
pub fn free() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("asking for a free port")?;
    Ok(listener.local_addr().context("reading a free port")?.port())
}

/// The port this service had last time, another if somebody took it meanwhile.
pub fn keep(ports: &mut Ports, fingerprint: &str, service: &str) -> Result<u16> {
    let kept = ports.get(service).copied();
    let wanted = kept.unwrap_or_else(|| preferred(ports, fingerprint));
    let port = if is_free(wanted) { wanted } else { free()? };
    if kept.is_some() && port != wanted {
        progress::say(&format!("  port {wanted} of {service} is taken; using {port}"));
    }
    ports.insert(service.to_owned(), port);
    Ok(port)
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

fn preferred(ports: &Ports, fingerprint: &str) -> u16 {
    let number = u16::from_str_radix(fingerprint.get(..4).unwrap_or("0"), 16).unwrap_or(0);
    let first = FIRST + (number % N_CHECKOUTS) * PER_CHECKOUT;
    (first..first + PER_CHECKOUT).find(|port| !ports.values().any(|taken| taken == port)).unwrap_or(first)
}
