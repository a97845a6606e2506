//! What the operator decides about money.

use super::{Currency, Money};
use crate::time::MINUTE;

/// The terms of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What amounts are in.
    pub currency: Currency,
    /// The smallest amount, in the currency's smallest units.
    pub min: i64,
    /// The largest.
    pub max: i64,
    /// How long a patient has to pay, in milliseconds.
    pub expiry: i64,
    /// The most payments of one doctor that wait to be paid, and the most withdrawals and refunds that wait.
    pub max_pending: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            currency: Currency::IRR,
            min: 1_000,
            max: 10_000_000_000,
            expiry: 30 * MINUTE,
            max_pending: 100,
        }
    }
}

impl Terms {
    /// An amount in the terms' currency; the error is what is wrong with it.
    pub fn amount(&self, minor: i64) -> Result<Money, String> {
        if (self.min..=self.max).contains(&minor) {
            return Ok(Money::of(minor, self.currency));
        }
        Err(format!("Must be from {} to {}.", self.min, self.max))
    }
}
