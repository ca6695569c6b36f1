//! Random words for passwords and capabilities.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result};

use crate::workspace::hex;

/// Hexadecimal, so it needs quoting nowhere: not in a URL, not in SQL, not in a shell.
pub fn token(n_bytes: usize) -> Result<String> {
    Ok(hex(&random(n_bytes)?))
}

/// A key of 32 bytes as the server and the worker take it.
pub fn key() -> Result<String> {
    Ok(base64(&random(32)?))
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

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let group = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4 {
            let index = usize::try_from((group >> (18 - 6 * place)) & 63).unwrap_or(0);
            let present = place <= chunk.len();
            text.push(if present { char::from(LETTERS[index]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_follows_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
