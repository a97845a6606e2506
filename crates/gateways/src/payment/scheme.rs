//! How Ward and a payment provider know each other's messages: `docs/payments.md` is the reference.
//!
//! Each message has two headers: the time in Unix seconds, and the lower-case hex of HMAC-SHA256 over that time, a point
//! and the body as it is sent, keyed with the secret that both have.

use serde_json::Value;
use ward_domain::contact::line;
use ward_domain::id::{Id, IdKind, TransactionId};
use ward_domain::ledger::{Currency, MAX_REFERENCE, Money, ProviderNotice, Said};
use ward_domain::refusal::{FieldErrors, Kind, Refusal};
use ward_domain::secret::same;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_domain::webhook::sign::plain;

/// The header with the time.
pub const TIMESTAMP: &str = "x-payment-timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "x-payment-signature";
/// How far a message's time may lie from ours, either side, in seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// What the two headers say; empty where they are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signature<'a> {
    /// Of [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// Of [`SIGNATURE`].
    pub signature: &'a str,
}

/// The signature of a body at a time.
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    plain(secret, &[seconds.to_string().as_bytes(), b".", body].concat())
}

/// Refuses what none of the secrets has signed, and what was signed too long ago or lies ahead.
pub(super) fn check<'a>(
    secrets: impl IntoIterator<Item = &'a str>,
    now: Time,
    given: Signature<'_>,
    body: &[u8],
) -> Result<(), Refusal> {
    let refused = |reason, words: &'static str| Err(Refusal::new(Kind::Unauthenticated, reason, words));
    let plain = given.timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let Some(seconds) = given.timestamp.parse::<i64>().ok().filter(|_| plain) else {
        return refused("signature_missing", "The headers of the signature are missing or not in order.");
    };
    let good = secrets.into_iter().fold(false, |good, secret| {
        good | same(sign(secret, seconds, body).as_bytes(), given.signature.as_bytes())
    });
    if !good {
        return refused("signature_invalid", "The signature is not that of this body and time.");
    }
    if seconds.abs_diff(now.seconds()) > TOLERANCE_SECONDS.unsigned_abs() {
        return refused("signature_stale", "The signature's time lies more than five minutes from ours.");
    }
    Ok(())
}

/// What a payment is called outside: a provider gives it back as it was given.
pub(super) fn reference(tenant: TenantId, transaction: TransactionId) -> String {
    format!("{}.{}", tenant.get(), transaction.id().to_uuid(IdKind::Transaction))
}

fn named(reference: &str) -> Option<(TenantId, TransactionId)> {
    let (tenant, transaction) = reference.split_once('.')?;
    let tenant = Id::from_number(tenant).ok().filter(|tenant| tenant.get() != 0)?;
    let transaction = Id::from_uuid(IdKind::Transaction, transaction).ok()?;
    Some((TenantId::from_number(tenant.get()), transaction.into()))
}

/// The body of a callback.
pub(super) fn body(tenant: TenantId, notice: &ProviderNotice) -> Vec<u8> {
    let body = serde_json::json!({
        "event_id": notice.event,
        "reference": reference(tenant, notice.transaction),
        "status": match notice.said { Said::Paid => "paid", Said::Declined => "declined" },
        "amount": notice.money.minor,
        "currency": notice.money.currency.code(),
        "provider_reference": notice.reference,
    });
    body.to_string().into_bytes()
}

/// Reads a callback whose signature is good. Every wrong field is named.
pub(super) fn read(body: &[u8]) -> Result<(TenantId, ProviderNotice), Refusal> {
    let not_json = |_| Refusal::new(Kind::Invalid, "not_json", "The body is not valid JSON.");
    let body: Value = serde_json::from_slice(body).map_err(not_json)?;
    let mut errors = FieldErrors::default();
    let text = |name: &'static str| body[name].as_str().and_then(|text| line(text, MAX_REFERENCE));
    let event = text("event_id");
    errors.check(event.is_some(), "event_id", "Must be one line of 1 to 128 characters.");
    let of = body["reference"].as_str().and_then(named);
    errors.check(of.is_some(), "reference", "Must be a payment's reference as it was given.");
    let said = match body["status"].as_str() {
        Some("paid") => Some(Said::Paid),
        Some("declined") => Some(Said::Declined),
        _ => None,
    };
    errors.check(said.is_some(), "status", "Must be one of: paid, declined.");
    let minor = body["amount"].as_i64();
    errors.check(minor.is_some(), "amount", "Must be a whole number.");
    let currency = body["currency"].as_str().and_then(Currency::read);
    errors.check(currency.is_some(), "currency", "Must be a currency's code (ISO 4217).");
    let provider = text("provider_reference");
    errors.check(provider.is_some(), "provider_reference", "Must be one line of 1 to 128 characters.");
    errors.finish()?;
    let read = || {
        let ((tenant, transaction), money) = (of?, Money::of(minor?, currency?));
        let (event, said, reference) = (event?, said?, provider?);
        Some((tenant, ProviderNotice { event, transaction, said, money, reference }))
    };
    // Each was checked above.
    read().ok_or_else(|| Refusal::field("body", "Something is missing."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_millis(1_750_000_000_000 + 1_000 * seconds)
    }

    fn notice() -> ProviderNotice {
        ProviderNotice {
            event: "evt-1".into(),
            transaction: Id::new(77).unwrap().into(),
            said: Said::Paid,
            money: Money::of(500_000, Currency::IRR),
            reference: "ref-1".into(),
        }
    }

    #[test]
    fn a_signature_is_good_for_its_body_time_and_secret_only() {
        let body = br#"{"amount":500000}"#;
        let (now, seconds) = (at(0), at(0).seconds());
        // Computed beside this code: openssl dgst -sha256 -hmac secret over `1750000000.{"amount":500000}`.
        let known = "a18208ae9b8f49aaf8e1debe35beeb219dfb7fa023708cc8ec1d38f253def3d7";
        assert_eq!(sign("secret", seconds, body), known);
        let timestamp = seconds.to_string();
        let given = Signature { timestamp: &timestamp, signature: known };
        assert!(check(["secret"], now, given, body).is_ok());
        assert!(check(["other", "secret"], now, given, body).is_ok(), "after the secret was changed");
        let reason = |secret, now, given, body: &[u8]| check([secret], now, given, body).unwrap_err().reason;
        assert_eq!(reason("other", now, given, body), "signature_invalid");
        assert_eq!(reason("secret", now, given, br#"{"amount":500001}"#), "signature_invalid");
        let upper = known.to_uppercase();
        let spelled = Signature { signature: &upper, ..given };
        assert_eq!(reason("secret", now, spelled, body), "signature_invalid");
        for off in [300, -300] {
            assert!(check(["secret"], at(off), given, body).is_ok());
        }
        for off in [301, -301] {
            assert_eq!(reason("secret", at(off), given, body), "signature_stale");
        }
        let later = (seconds + 60).to_string();
        let moved = Signature { timestamp: &later, ..given };
        assert_eq!(reason("secret", now, moved, body), "signature_invalid");
        for timestamp in ["", "soon", "-5", "+1750000000", "99999999999999999999"] {
            let given = Signature { timestamp, ..given };
            assert_eq!(reason("secret", now, given, body), "signature_missing", "{timestamp}");
        }
    }

    #[test]
    fn a_callback_reads_back_and_every_wrong_field_is_named() {
        let tenant = TenantId::from_number(5);
        let good = body(tenant, &notice());
        assert_eq!(read(&good), Ok((tenant, notice())));
        let with = |name: &str, value: Value| {
            let mut body: Value = serde_json::from_slice(&good).unwrap();
            body[name] = value;
            read(body.to_string().as_bytes())
                .unwrap_err()
                .fields
                .iter()
                .map(|one| one.field.to_string())
                .collect::<Vec<_>>()
        };
        let long = "x".repeat(129);
        for (name, values) in [
            ("event_id", vec![Value::Null, "".into(), long.as_str().into(), "a\nb".into(), 7.into()]),
            ("reference", vec![Value::Null, "5".into(), "0.x".into(), "5.77".into()]),
            ("status", vec![Value::Null, "PAID".into(), true.into()]),
            ("amount", vec![Value::Null, "500000".into(), 5.5.into(), 1e300.into()]),
            ("currency", vec![Value::Null, "irr".into(), "RIAL".into()]),
            ("provider_reference", vec![Value::Null, " ".into(), long.as_str().into()]),
        ] {
            for value in values {
                assert_eq!(with(name, value.clone()), [name], "{value}");
            }
        }
        assert_eq!(read(b"{").unwrap_err().reason, "not_json");
        assert_eq!(read(b"[]").unwrap_err().fields.len(), 6);
        let platform = format!("0.{}", Id::new(77).unwrap().to_uuid(IdKind::Transaction));
        assert_eq!(named(&platform), None);
    }
}
