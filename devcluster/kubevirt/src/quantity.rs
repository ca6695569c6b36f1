//! Kubernetes quantities, exact from nano to exa, written back in their canonical form.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What the API machinery answers to something that is no quantity.
pub const MALFORMED: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const NANO: i128 = 1_000_000_000;
const BINARY: [(&str, i128); 6] =
    [("Ei", 1 << 60), ("Pi", 1 << 50), ("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
/// Decimal suffixes and how many nano each stands for.
const DECIMAL: [(&str, i128); 10] = [
    ("E", 1_000_000_000_000_000_000 * NANO),
    ("P", 1_000_000_000_000_000 * NANO),
    ("T", 1_000_000_000_000 * NANO),
    ("G", 1_000_000_000 * NANO),
    ("M", 1_000_000 * NANO),
    ("k", 1_000 * NANO),
    ("", NANO),
    ("m", 1_000_000),
    ("u", 1_000),
    ("n", 1),
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quantity {
    nano: i128,
    is_binary: bool,
}

impl Quantity {
    pub const ZERO: Self = Self { nano: 0, is_binary: false };

    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|letter: char| !matches!(letter, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
        let (number, suffix) = text.split_at(end);
        let binary = BINARY.iter().find(|(name, _)| *name == suffix);
        let unit = match binary {
            Some((_, bytes)) => bytes.checked_mul(NANO)?,
            None => match DECIMAL.iter().find(|(name, _)| *name == suffix) {
                Some((_, nano)) => *nano,
                None => exponent(suffix)?,
            },
        };
        let nano = scale(number, unit)?;
        Some(Self { nano, is_binary: binary.is_some() })
    }

    /// Text or a plain number, as manifests have it.
    pub fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }

    /// Whole units, rounded up.
    pub fn value(self) -> i128 {
        self.rounded_up(NANO)
    }

    pub fn millis(self) -> i128 {
        self.rounded_up(NANO / 1000)
    }

    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    fn rounded_up(self, unit: i128) -> i128 {
        let whole = self.nano.div_euclid(unit);
        if self.nano.rem_euclid(unit) == 0 { whole } else { whole + 1 }
    }
}

fn exponent(suffix: &str) -> Option<i128> {
    let power: u32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    10_i128.checked_pow(power)?.checked_mul(NANO)
}

fn scale(number: &str, unit: i128) -> Option<i128> {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nano = whole.checked_mul(unit)?;
    if !fraction.is_empty() {
        let parts: i128 = fraction.parse().ok()?;
        let of = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        nano = nano.checked_add(parts.checked_mul(unit)?.checked_div(of)?)?;
    }
    nano.checked_mul(sign)
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divides = |unit: i128| self.nano != 0 && self.nano % unit == 0;
        if self.is_binary
            && let Some((suffix, bytes)) = BINARY.iter().find(|(_, bytes)| divides(bytes * NANO))
        {
            return write!(formatter, "{}{suffix}", self.nano / (bytes * NANO));
        }
        // A binary quantity below one Ki, or one with a fraction, has no suffix to lose.
        let largest = if self.is_binary { NANO } else { DECIMAL[0].1 };
        let mut units = DECIMAL.iter().filter(|(_, unit)| *unit <= largest);
        match units.find(|(_, unit)| divides(*unit)) {
            Some((suffix, unit)) => write!(formatter, "{}{suffix}", self.nano / unit),
            None => formatter.write_str("0"),
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value).ok_or_else(|| serde::de::Error::custom(MALFORMED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_is_that_of_the_api_machinery() {
        for (text, canonical) in [
            ("1024Mi", "1Gi"),
            ("1536Mi", "1536Mi"),
            ("0.5Gi", "512Mi"),
            ("512", "512"),
            ("1000m", "1"),
            ("0.5", "500m"),
            ("1500m", "1500m"),
            ("1e3", "1k"),
            ("2000M", "2G"),
            ("0", "0"),
            ("-1Gi", "-1Gi"),
        ] {
            let shown = Quantity::parse(text).map(|quantity| quantity.to_string());
            assert_eq!(shown.as_deref(), Some(canonical), "{text}");
        }
    }

    #[test]
    fn whole_units_are_rounded_up() {
        let value = |text| Quantity::parse(text).map(Quantity::value);
        assert_eq!(value("1500m"), Some(2));
        assert_eq!(value("1Ki"), Some(1024));
        assert_eq!(Quantity::parse("1500m").map(Quantity::millis), Some(1500));
    }

    #[test]
    fn nonsense_is_no_quantity() {
        for text in ["", "Gi", "1GB", "1 Gi", "lots", "1.2.3", "--1"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
