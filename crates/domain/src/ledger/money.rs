//! Money: a whole number of a currency's smallest units.

use crate::subscription::Price;
use serde::{Deserialize, Serialize};

/// A currency (ISO 4217).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Iranian rial.
    pub const IRR: Self = Self(*b"IRR");

    /// From its code: three capital letters.
    pub fn read(code: &str) -> Option<Self> {
        let bytes = code.as_bytes().try_into().ok()?;
        Price::is_currency(code).then_some(Self(bytes))
    }

    /// Its code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits behind the point. ISO 4217 gives the rial two that nobody has used for decades: SOAPify's document counts
    /// whole ones.
    pub fn places(self) -> usize {
        if self == Self::IRR { 0 } else { Price::places(self.code()) }
    }

    /// What stands behind an amount.
    fn name(&self) -> &str {
        if *self == Self::IRR { "ریال" } else { self.code() }
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::read(&code).ok_or("not a currency's code")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount of money. Arithmetic that does not fit, or that mixes currencies, gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How many of the currency's smallest units; negative where money leaves an account.
    pub minor: i64,
    /// Which currency.
    pub currency: Currency,
}

impl Money {
    /// So many smallest units.
    pub const fn of(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// The same the other way.
    pub fn negated(self) -> Option<Self> {
        Some(Self { minor: self.minor.checked_neg()?, ..self })
    }

    /// For people: `2,500,000 ریال`, `1,234.50 EUR`.
    pub fn formatted(self) -> String {
        let places = self.currency.places();
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        let mut text = String::new();
        if self.minor < 0 {
            text.push('-');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if !part.is_empty() {
            text.push('.');
            text.push_str(part);
        }
        format!("{text} {}", self.currency.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_for_people() {
        let of = |minor, code| Money::of(minor, Currency::read(code).unwrap()).formatted();
        assert_eq!(of(2_500_000, "IRR"), "2,500,000 ریال");
        assert_eq!(of(0, "IRR"), "0 ریال");
        assert_eq!(of(999, "IRR"), "999 ریال");
        assert_eq!(of(123_450, "EUR"), "1,234.50 EUR");
        assert_eq!(of(-5, "USD"), "-0.05 USD");
        assert_eq!(of(1_234_567, "JPY"), "1,234,567 JPY");
        assert_eq!(of(1_500, "KWD"), "1.500 KWD");
        assert_eq!(of(i64::MIN, "JPY"), "-9,223,372,036,854,775,808 JPY");
    }

    #[test]
    fn what_does_not_fit_or_mixes_currencies_gives_nothing() {
        let (irr, eur) = (Currency::IRR, Currency::read("EUR").unwrap());
        assert_eq!(Money::of(1, irr).plus(Money::of(2, irr)), Some(Money::of(3, irr)));
        assert_eq!(Money::of(1, irr).plus(Money::of(2, eur)), None);
        assert_eq!(Money::of(i64::MAX, irr).plus(Money::of(1, irr)), None);
        assert_eq!(Money::of(i64::MIN, irr).negated(), None);
        for wrong in ["", "irr", "IR", "IRRR", "I1R", "ریال"] {
            assert_eq!(Currency::read(wrong), None, "{wrong}");
        }
        assert_eq!(serde_json::to_string(&Money::of(5, irr)).unwrap(), r#"{"minor":5,"currency":"IRR"}"#);
        assert!(serde_json::from_str::<Currency>("\"x\"").is_err());
    }
}
