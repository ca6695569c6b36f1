//! Random words for passwords and capabilities.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result};

use crate::workspace::hex;

/// Hexadecimal, so it needs quoting nowhere: not in a URL, not in SQL, not in a shell.
pub fn token(n_bytes: usize) -> Result<String> {
    Ok(hex(&random(n_bytes)?))
}

/// A password a person can type, with about 100 bits.
pub fn password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> = random(20)?.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|c| c.iter().collect()).collect();
    Ok(groups.join("-"))
}

fn random(n_bytes: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; n_bytes];
    File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes)).context("reading /dev/urandom")?;
    Ok(bytes)
}
