//! JSON in which every member of an object stands once.
//!
//! `serde_json` takes the last of two members with one name. A proxy or an auditor who takes the first sees another
//! request than the one that is carried out.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};
use std::fmt;

/// Reads a whole document.
///
/// # Errors
/// When it is no JSON, or names a member twice.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(bytes).map(|Unique(value)| value)
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let Unique(value) = members.next_value()?;
            match object.entry(name) {
                Entry::Vacant(place) => place.insert(value),
                Entry::Occupied(_) => return Err(A::Error::custom("a member stands twice")),
            };
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_no_repetition_reads_as_ever() {
        let documents = [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "-9223372036854775808",
            "1e400",
            "0.1",
            "1.0",
            "-0.0",
            "[]",
            "{}",
            r#""a\u0000\ud83d\ude80""#,
            r#"{"a": {"a": [{"a": 1}, {"a": 2}]}, "A": null}"#,
            "",
            "{",
            "[1,]",
            "1 2",
            "{\"a\": 1,}",
            "\"\\ud800\"",
            "nul",
            "[[[[",
        ];
        for text in documents {
            let (found, usual) = (read(text.as_bytes()), serde_json::from_str::<Value>(text));
            assert_eq!(found.as_ref().ok(), usual.as_ref().ok(), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(read(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_every_depth() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": 1, "b": 2, "\u0061": 3}"#,
            r#"{"disk": {"default_gib": 1, "default_gib": 2}}"#,
            r#"[{"a": [{"b": null, "b": null}]}]"#,
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
