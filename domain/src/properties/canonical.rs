//! RFC 8785, written a second time out of the RFC alone: the digest that somebody approves must be the one that any
//! other implementation finds.

use proptest::prelude::*;
use serde_json::{Map, Number, Value};

use super::json;
use crate::digest::canonical;

/// A second implementation.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => string(text, out),
        Value::Array(items) => sequence(out, ('[', ']'), items, write),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // By UTF-16 units, which differs from the order of code points beyond the basic plane.
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            sequence(out, ('{', '}'), members, |(name, value), out| {
                string(name, out);
                out.push(':');
                write(value, out);
            });
        }
    }
}

fn sequence<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl IntoIterator<Item = T>,
    each: impl Fn(T, &mut String),
) {
    out.push(open);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(close);
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// `Number::toString` of ECMAScript 10.1: the shortest digits (from the standard library, by another algorithm than
/// the crate's), laid out by its rules.
fn number_text(number: &Number) -> String {
    let value = number.as_f64().unwrap_or(f64::NAN);
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let k = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // The value is 0.DIGITS times ten to the n.
    let n = exponent.parse::<i32>().unwrap_or(0) + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap_or(0));
    let text = if k <= n && n <= 21 {
        format!("{digits}{}", zeros(n - k))
    } else if 0 < n && n <= 21 {
        let (whole, rest) = split(n);
        format!("{whole}.{rest}")
    } else if -6 < n && n <= 0 {
        format!("0.{}{digits}", zeros(-n))
    } else {
        let sign = if n > 0 { '+' } else { '-' };
        let (first, rest) = split(1);
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        format!("{first}{rest}e{sign}{}", (n - 1).abs())
    };
    if value < 0.0 { format!("-{text}") } else { text }
}

fn expected(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// The same value with the members of every object in the opposite order of insertion.
fn turned(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(turned).collect(),
        Value::Object(members) => Value::Object(
            members.iter().rev().map(|(name, value)| (name.clone(), turned(value))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn canonical_json_is_what_another_implementation_of_rfc_8785_writes(value in json()) {
        prop_assert_eq!(String::from_utf8(canonical(&value)).unwrap_or_default(), expected(&value));
    }

    #[test]
    fn any_bits_of_a_number_take_the_form_of_ecmascript(bits in any::<u64>()) {
        let Some(number) = Number::from_f64(f64::from_bits(bits)) else { return Ok(()) };
        let value = Value::Number(number);
        let text = String::from_utf8(canonical(&value)).unwrap_or_default();
        prop_assert_eq!(&text, &expected(&value));
        prop_assert_eq!(text.parse::<f64>().ok(), value.as_f64());
    }

    #[test]
    fn canonical_json_reads_back_and_is_its_own_canonical_form(value in json()) {
        let once = canonical(&value);
        let back: Value = serde_json::from_slice(&once).expect("canonical JSON is JSON");
        prop_assert_eq!(canonical(&back), once);
    }

    #[test]
    fn the_order_of_members_never_matters(value in json()) {
        prop_assert_eq!(canonical(&turned(&value)), canonical(&value));
    }
}

/// Appendix B of RFC 8785.
#[test]
fn the_numbers_of_the_rfc_are_written_as_it_says() {
    let table: [(u64, &str); 12] = [
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    ];
    for (bits, text) in table {
        let value = Value::Number(Number::from_f64(f64::from_bits(bits)).expect("finite"));
        assert_eq!(String::from_utf8(canonical(&value)).as_deref(), Ok(text));
        assert_eq!(expected(&value), text);
    }
}
