//! Names and addresses of people's accounts.

use crate::refusal::Refusal;
use crate::text::is_hidden;
use serde_json::json;

/// Most characters of a username.
pub const MAX_USERNAME: usize = 64;
/// Most characters of an e-mail address.
pub const MAX_EMAIL: usize = 255;

/// Checked name that somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Parses `text`. Capitals are refused, not lowered, so that what was typed is what is stored.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` at `/username`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let length = text.chars().count();
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
        let refuse = |code, params| Err(Refusal::invalid("/username", code, params));
        if text.is_empty() {
            return refuse("REQUIRED", json!({}));
        }
        if length > MAX_USERNAME {
            return refuse("TOO_LONG", json!({"length": length, "maximum": MAX_USERNAME}));
        }
        if !text.chars().all(legal) {
            return refuse("CHARACTERS", json!({"allowed": "a-z 0-9 . _ @ -"}));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checked e-mail address, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses `text`; only a letter that arrives could prove more than its form.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` at `/email`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let length = text.chars().count();
        if length > MAX_EMAIL {
            return Err(Refusal::invalid("/email", "TOO_LONG", json!({"length": length, "maximum": MAX_EMAIL})));
        }
        let whole = !text.chars().any(|c| c.is_whitespace() || c.is_control() || is_hidden(c));
        match text.rsplit_once('@') {
            Some((local, host)) if whole && !local.is_empty() && !host.is_empty() && !local.contains('@') => {
                Ok(Self(text.to_lowercase()))
            }
            _ => Err(Refusal::invalid("/email", "FORMAT", json!({}))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(refusal: Refusal) -> Option<&'static str> {
        refusal.errors.first().map(|error| error.code)
    }

    #[test]
    fn usernames_are_lower_case_and_bounded() {
        assert_eq!(Username::parse("a.b_c-d@e1").map(|name| name.as_str().to_owned()), Ok("a.b_c-d@e1".to_owned()));
        let long = "a".repeat(65);
        for (text, expected) in [("", "REQUIRED"), ("Alice", "CHARACTERS"), ("a b", "CHARACTERS"), (&long, "TOO_LONG")]
        {
            assert_eq!(Username::parse(text).err().and_then(code), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_address_has_two_sides_and_no_blanks() {
        assert_eq!(
            Email::parse("Ann@Example.org").map(|email| email.as_str().to_owned()),
            Ok("ann@example.org".to_owned())
        );
        for text in ["", "ann", "@example.org", "ann@", "a n@example.org", "a@b@c", "a\u{202e}@b"] {
            assert_eq!(Email::parse(text).err().and_then(code), Some("FORMAT"), "{text}");
        }
    }
}
