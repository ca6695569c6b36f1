//! Names, labels, and texts that people write.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shepherd_domain::account::{Email, Username};
use shepherd_domain::name::{Label, Name};
use shepherd_domain::text::{Field, is_hidden};

fuzz_target!(|text: &str| {
    let legal = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
    for entity in ["system", "service", "namespace"] {
        if let Ok(name) = Name::parse(entity, text) {
            assert_eq!(name.as_str(), text);
            assert!(text.len() <= 15 && text.chars().all(legal) && !text.starts_with('-') && !text.ends_with('-'));
        }
    }
    if Label::parse("template", text).is_ok() {
        assert!(text.len() <= 63 && text.chars().all(legal) && !text.starts_with('-') && !text.ends_with('-'));
    }
    if let Ok(name) = Username::parse(text) {
        assert!(name.as_str().len() <= 64 && name.as_str().is_ascii());
    }
    if let Ok(address) = Email::parse(text) {
        assert_eq!(address.as_str().matches('@').count(), 1);
        assert!(!address.as_str().chars().any(|c| c.is_whitespace() || is_hidden(c)));
        assert_eq!(Email::parse(address.as_str()).as_ref(), Ok(&address));
    }
    for field in [Field::line("/name", 100), Field::lines("/reason", 4096)] {
        if let Ok(kept) = field.required(text.to_owned()) {
            assert_eq!(kept, text);
            assert!(!text.chars().any(|c| is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}')));
        }
    }
});
