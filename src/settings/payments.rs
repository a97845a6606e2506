//! Who takes payments, and on what terms.

use serde::Deserialize;
use std::time::Duration;
use ward_domain::ledger::{Currency, MAX_AMOUNT, Terms};
use ward_domain::time::MINUTE;
use ward_gateways::payment::SignedSettings;

/// Where a provider's callbacks are taken, below the public address.
const CALLBACKS: &str = "/soapify/api/integrations/payment/callback/";
/// The shortest secret: what can be guessed is none.
const MIN_SECRET: usize = 32;

/// How patients pay. Secrets are never printed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/default.toml says what each one means")]
pub struct Payments {
    pub gateway: PaymentKind,
    pub url: String,
    pub secret: String,
    pub previous_secret: String,
    pub timeout_ms: u64,
    pub currency: String,
    pub expiry_minutes: i64,
    pub min_amount: i64,
    pub max_amount: i64,
    pub max_pending: u64,
}

/// Who takes payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentKind {
    /// Nobody.
    None,
    /// Ward's own pay page; no money moves.
    Sandbox,
    /// A provider that tells by signed callbacks, at `payments.url`.
    Signed,
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("Payments");
        out.field("gateway", &self.gateway).field("url", &self.url).field("currency", &self.currency);
        out.finish_non_exhaustive()
    }
}

impl Payments {
    /// What is wrong with them, with what to do.
    pub(super) fn wrong(&self, production: bool, public_url: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |good: bool, what: &str| {
            if !good {
                wrong.push(what.to_owned());
            }
        };
        if self.gateway == PaymentKind::Sandbox {
            check(
                !production,
                "production must not take sandbox payments, in which no money moves: set payments.gateway = \"signed\" or \"none\"",
            );
        }
        if self.gateway == PaymentKind::Signed {
            let secure = self.url.starts_with("https://");
            check(
                secure || !production && self.url.starts_with("http://"),
                "payments.gateway = \"signed\" needs payments.url, in production an https:// one",
            );
            check(
                self.secret.len() >= MIN_SECRET,
                "payments.gateway = \"signed\" needs WARD__PAYMENTS__SECRET of at least 32 characters",
            );
            check(
                !public_url.is_empty(),
                "payments.gateway = \"signed\" needs server.public_url: callbacks are sent there",
            );
        }
        let previous = self.previous_secret.len();
        check(
            previous == 0 || previous >= MIN_SECRET,
            "payments.previous_secret must be empty or have at least 32 characters",
        );
        check(
            Currency::read(&self.currency).is_some(),
            "payments.currency must be a currency's code (ISO 4217), such as \"IRR\"",
        );
        check(
            self.min_amount >= 1 && self.min_amount <= self.max_amount && self.max_amount <= MAX_AMOUNT,
            "payments: min_amount must be at least 1 and not above max_amount, which is 1000000000000 at the most",
        );
        check(
            (1..=60_000).contains(&self.timeout_ms)
                && (1..=7 * 24 * 60).contains(&self.expiry_minutes)
                && (1..=100_000).contains(&self.max_pending),
            "payments: timeout_ms must be from 1 to 60000, expiry_minutes from 1 to 10080, max_pending from 1 to 100000",
        );
        wrong
    }

    /// What the rules go by.
    pub fn terms(&self) -> Terms {
        Terms {
            currency: Currency::read(&self.currency).unwrap_or(Currency::IRR),
            min: self.min_amount,
            max: self.max_amount,
            expiry: self.expiry_minutes * MINUTE,
            max_pending: self.max_pending,
        }
    }

    /// What the provider's adapter goes by.
    pub fn signed(&self, public_url: &str) -> SignedSettings {
        SignedSettings {
            url: self.url.clone(),
            secret: self.secret.clone(),
            previous_secret: self.previous_secret.clone(),
            callback_url: format!("{}{CALLBACKS}", public_url.trim_end_matches('/')),
            timeout: Duration::from_millis(self.timeout_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn payments_that_cannot_work_are_named_and_secrets_are_not_printed() {
        let mut payments = Settings::of("development", &|_| None, false).unwrap().payments;
        assert_eq!(payments.wrong(false, ""), [] as [&str; 0]);
        assert_eq!(payments.terms(), Terms::default());
        let said = |payments: &Payments, production: bool, part: &str| {
            let wrong = payments.wrong(production, "https://ward.example").join("; ");
            assert!(wrong.contains(part), "{part}: {wrong}");
        };
        said(&payments, true, "sandbox payments");
        payments.gateway = PaymentKind::Signed;
        for part in ["payments.url", "WARD__PAYMENTS__SECRET"] {
            said(&payments, false, part);
        }
        payments.secret = "SECRET".repeat(8);
        payments.previous_secret = "SECRET".into();
        payments.url = "http://pay.example".into();
        said(&payments, true, "https://");
        said(&payments, false, "previous_secret");
        assert!(payments.wrong(false, "").join("; ").contains("server.public_url"));
        payments.url = "https://pay.example".into();
        payments.previous_secret.clear();
        assert_eq!(payments.wrong(true, "https://ward.example"), [] as [&str; 0]);
        (payments.currency, payments.min_amount, payments.expiry_minutes) = ("rial".into(), 0, 0);
        for part in ["currency", "min_amount", "expiry_minutes"] {
            said(&payments, false, part);
        }
        assert!(!format!("{payments:?}").contains("SECRET"));
        let signed = payments.signed("https://ward.example/");
        assert_eq!(signed.callback_url, "https://ward.example/soapify/api/integrations/payment/callback/");
        assert!(!format!("{signed:?}").contains("SECRET"));
    }
}
