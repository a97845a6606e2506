//! What a plan costs: a whole number of a currency's smallest units.

use serde::{Deserialize, Serialize};

/// Currencies whose smallest unit is the whole one (ISO 4217).
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
/// Currencies of thousandths.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
/// Digits before the point, at the most.
const MAX_DIGITS: usize = 12;

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// How many of the currency's smallest units.
    pub minor: u64,
    /// ISO 4217.
    pub currency: String,
}

impl Price {
    /// Nothing at all.
    pub fn free(currency: &str) -> Self {
        Self { minor: 0, currency: currency.to_owned() }
    }

    /// Whether a text is a currency's code: three capital letters.
    pub fn is_currency(text: &str) -> bool {
        text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    /// Digits behind the point.
    pub(crate) fn places(currency: &str) -> usize {
        match currency {
            whole if WHOLE.contains(&whole) => 0,
            thousandths if THOUSANDTHS.contains(&thousandths) => 3,
            _ => 2,
        }
    }

    /// Reads `49`, `49.9` or `49.90`; `None` for anything else, and for parts smaller than the currency has.
    pub fn read(amount: &str, currency: &str) -> Option<Self> {
        let (whole, part) = amount.trim().split_once('.').unwrap_or((amount.trim(), ""));
        let places = Self::places(currency);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let good = (1..=MAX_DIGITS).contains(&whole.len())
            && digits(whole)
            && digits(part)
            && part.len() <= places
            && !amount.trim().ends_with('.')
            && Self::is_currency(currency);
        if !good {
            return None;
        }
        let minor = format!("{whole}{part:0<places$}").parse().ok()?;
        Some(Self { minor, currency: currency.to_owned() })
    }

    /// As it is written: `49.90`.
    pub fn written(&self) -> String {
        let places = Self::places(&self.currency);
        let digits = format!("{:0>width$}", self.minor, width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
    }
}
