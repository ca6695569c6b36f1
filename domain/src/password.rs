//! Rules for passwords of local accounts, after NIST SP 800-63B: length and a block-list, nothing else.

use crate::refusal::{Code, Refusal};
use serde_json::json;

/// Fewest characters.
pub const MIN_LENGTH: usize = 8;
/// Most characters; a bound against hashing megabytes, not a rule about strength.
pub const MAX_LENGTH: usize = 256;

/// Beginnings that attackers try first, in lower case.
const COMMON: [&str; 16] = [
    "password", "passw0rd", "123456", "qwerty", "letmein", "welcome", "admin", "iloveyou", "monkey", "dragon",
    "football", "abc123", "changeme", "shepherd", "kubevirt", "secret",
];

/// Checks a new password for an account.
///
/// # Errors
/// `PASSWORD_REFUSED` with the rule: `too_short`, `too_long`, `control_characters`, `contains_username`,
/// `repetitive`, `common`.
pub fn check(password: &str, username: &str) -> Result<(), Refusal> {
    let refuse = |rule: &str| {
        Err(Refusal::new(Code::PasswordRefused)
            .with(json!({"rule": rule, "minimum": MIN_LENGTH, "maximum": MAX_LENGTH})))
    };
    let length = password.chars().count();
    let lower = password.to_lowercase();
    if length < MIN_LENGTH {
        return refuse("too_short");
    }
    if length > MAX_LENGTH {
        return refuse("too_long");
    }
    if password.chars().any(char::is_control) {
        return refuse("control_characters");
    }
    if !username.is_empty() && lower.contains(&username.to_lowercase()) {
        return refuse("contains_username");
    }
    if distinct_characters(&lower) < 5 {
        return refuse("repetitive");
    }
    // A common word padded with digits and punctuation is still the common word.
    let core: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
    if COMMON.iter().any(|word| core == *word || lower.trim_end_matches(|c: char| !c.is_alphabetic()) == *word) {
        return refuse("common");
    }
    Ok(())
}

fn distinct_characters(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_phrase_is_taken_without_composition_rules() {
        assert_eq!(check("correct horse battery staple", "alice"), Ok(()));
        assert_eq!(check("парольная фраза", "alice"), Ok(()));
    }

    #[test]
    fn every_rule_is_named() {
        let long = "ab cd ef".repeat(40);
        let table = [
            ("short", "too_short"),
            (long.as_str(), "too_long"),
            ("line\nbreak in it", "control_characters"),
            ("i am alice today", "contains_username"),
            ("aaaabbbbaaaabbbb", "repetitive"),
            ("password123456789", "common"),
            ("12345-welcome-54321", "common"),
        ];
        for (password, rule) in table {
            let found = check(password, "Alice").err().map(|r| r.params["rule"].clone());
            assert_eq!(found, Some(rule.into()), "{password}");
        }
    }
}
