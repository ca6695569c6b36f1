//! Texts that people write for people: names of one line, and descriptions and reasons of many.

use crate::refusal::Refusal;
use serde_json::json;

/// A member that holds text: where it stands in a body, and what it may hold.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pointer: &'static str,
    maximum: usize,
    one_line: bool,
}

impl Field {
    /// Text of one line, such as a name.
    pub const fn line(pointer: &'static str, maximum: usize) -> Self {
        Self { pointer, maximum, one_line: true }
    }

    /// Text that may have many lines.
    pub const fn lines(pointer: &'static str, maximum: usize) -> Self {
        Self { pointer, maximum, one_line: false }
    }

    /// Reads a text, which may be empty.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` pointing at the member: `TOO_LONG`, or `CHARACTERS` with the first that is refused.
    pub fn read(self, text: String) -> Result<String, Refusal> {
        let length = text.chars().count();
        if length > self.maximum {
            let params = json!({"length": length, "maximum": self.maximum});
            return Err(Refusal::invalid(self.pointer, "TOO_LONG", params));
        }
        match text.chars().find(|c| self.refuses(*c)) {
            Some(c) => {
                let params = json!({"character": format!("U+{:04X}", u32::from(c))});
                Err(Refusal::invalid(self.pointer, "CHARACTERS", params))
            }
            None => Ok(text),
        }
    }

    /// Reads a text that must not be blank.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and `REQUIRED`.
    pub fn required(self, text: String) -> Result<String, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::invalid(self.pointer, "REQUIRED", json!({})));
        }
        self.read(text)
    }

    fn refuses(self, c: char) -> bool {
        match c {
            // Joiners shape letters of living scripts and emoji. In a name they only make two look like one.
            '\n' | '\t' | '\u{200c}' | '\u{200d}' => self.one_line,
            _ => c.is_control() || is_hidden(c),
        }
    }
}

/// Whether a character is not seen itself but changes how others are seen: what is decided on, and the names in the
/// audit log, must read as they are stored.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        // Soft hyphen, joiner of graphemes, marks of Arabic and Mongolian.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
        // Zero width, and marks of direction; separators of lines; embedding and override of direction.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        // Joiners, invisible operators, isolation of direction, shaping.
        | '\u{2060}'..='\u{206f}'
        // Byte order mark, annotations, tags.
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Field = Field::line("/display_name", 20);
    const REASON: Field = Field::lines("/reason", 20);

    fn code(read: Result<String, Refusal>) -> Option<&'static str> {
        read.err().and_then(|refusal| refusal.errors.first().map(|error| error.code))
    }

    #[test]
    fn texts_of_living_scripts_are_kept_as_they_are() {
        for text in ["", "Ada Lovelace", "Müller-Lüdenscheidt", "王小明", "محمد", "Ångström 🚀"] {
            assert_eq!(NAME.read(text.to_owned()).as_deref(), Ok(text));
            assert_eq!(REASON.read(text.to_owned()).as_deref(), Ok(text));
        }
        for text in ["two\nlines", "a\ttab", "می\u{200c}خواهم", "👩\u{200d}🚀"] {
            assert_eq!(REASON.read(text.to_owned()).as_deref(), Ok(text));
            assert_eq!(code(NAME.read(text.to_owned())), Some("CHARACTERS"), "{text:?}");
        }
    }

    #[test]
    fn what_hides_or_reorders_is_refused_everywhere() {
        let hidden = [
            '\0',
            '\u{1}',
            '\r',
            '\u{b}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{fffb}',
            '\u{e0041}',
        ];
        for c in hidden {
            for field in [NAME, REASON] {
                assert_eq!(code(field.read(format!("a{c}b"))), Some("CHARACTERS"), "{c:?}");
            }
        }
        let refusal = NAME.read("\u{202e}gnp".to_owned()).err();
        assert_eq!(refusal.map(|r| r.errors[0].params["character"].clone()), Some("U+202E".into()));
    }

    #[test]
    fn length_and_blank_have_their_codes() {
        assert_eq!(code(NAME.read("x".repeat(21))), Some("TOO_LONG"));
        assert_eq!(code(NAME.required(" ".to_owned())), Some("REQUIRED"));
        assert_eq!(NAME.required(" x".to_owned()).as_deref(), Ok(" x"));
    }
}
