//! Wallets and their transactions on the wire (document 000, *Wallet & Payments*).

pub mod balance;
pub mod list;
pub mod read;
pub mod refund;
pub mod settle;
pub mod withdraw;

use crate::moment::Moment;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use ward_domain::contact::masked_phone;
use ward_domain::id::{Id, IdKind};
use ward_domain::ledger;

/// A transaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transaction {
    #[schema(example = "550e8400-e29b-81d4-a716-446655440000")]
    id: String,
    /// In the currency's smallest units: whole rials, cents.
    #[schema(example = 500_000)]
    amount: i64,
    #[schema(example = "IRR")]
    currency: String,
    /// `payment`, `withdrawal` or `refund`.
    r#type: &'static str,
    /// `pending`, `completed` or `failed`.
    status: &'static str,
    /// Why it failed: `expired`, `declined`, `gateway` or `rejected`; `""` where it did not.
    failure_reason: &'static str,
    description: String,
    /// The number whole is for the doctor who asked; of a withdrawal both are `""`.
    patient_info: PatientInfo,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    /// When the money had moved.
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Moment>,
    /// Of a payment: until when it is waited for.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Moment>,
    /// Of a payment: whether it was paid after that.
    paid_late: bool,
    /// Of a payment: how much of it was, or is to be, given back.
    refunded_amount: i64,
    /// Of a refund: the id of its payment.
    refund_of: Option<String>,
    /// Of a refund or withdrawal: what the hospital said to it.
    note: String,
}

/// Who pays, or is paid back.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientInfo {
    #[schema(example = "+989123456789")]
    phone: String,
    #[schema(example = "+98912****789")]
    masked_phone: String,
}

/// An id as this API spells it.
pub fn spelled(id: Id) -> String {
    id.to_uuid(IdKind::Transaction)
}

impl From<ledger::Transaction> for Transaction {
    fn from(of: ledger::Transaction) -> Self {
        // One that is masked already stays as it is.
        let masked = if of.phone.contains('*') { of.phone.clone() } else { masked_phone(&of.phone) };
        Self {
            id: spelled(of.id.id()),
            amount: of.money.minor,
            currency: of.money.currency.into(),
            r#type: of.kind.word(),
            status: of.status.word(),
            failure_reason: of.reason.map_or("", ledger::Reason::word),
            description: of.description,
            patient_info: PatientInfo { phone: of.phone, masked_phone: masked },
            created_at: of.created_at.into(),
            completed_at: of.completed_at.map(Moment::from),
            expires_at: of.expires_at.map(Moment::from),
            paid_late: of.late,
            refunded_amount: of.refunded,
            refund_of: of.refund_of.map(|id| spelled(id.id())),
            note: of.note,
        }
    }
}

/// A transaction's id as a path spells it: as it is given, or its number. What is none names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionPath(pub Id);

impl<'de> Deserialize<'de> for TransactionPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = Id::from_uuid(IdKind::Transaction, &text).or_else(|_| Id::from_number(&text));
        read.map(Self).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_in_a_path_is_a_uuid_or_a_number() {
        let id = Id::new(77).unwrap();
        let of = |text: &str| serde_json::from_value::<TransactionPath>(json!(text)).ok();
        assert_eq!(of(&spelled(id)), Some(TransactionPath(id)));
        assert_eq!(of("77"), Some(TransactionPath(id)));
        for other in ["", "-1", "550e8400-e29b-41d4-a716-446655440000", &id.to_uuid(IdKind::Session)] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
