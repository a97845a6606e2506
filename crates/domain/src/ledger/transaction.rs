//! Transactions: payments, refunds and withdrawals as people see them.

use super::Money;
use crate::id::{Id, TransactionId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// A patient pays.
    Payment,
    /// A doctor takes money out.
    Withdrawal,
    /// A patient gets money back.
    Refund,
}

impl TransactionKind {
    /// All of them, by their words.
    pub const WORDS: [(&'static str, Self); 3] =
        [("payment", Self::Payment), ("withdrawal", Self::Withdrawal), ("refund", Self::Refund)];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Withdrawal => "withdrawal",
            Self::Refund => "refund",
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Payment => 1,
            Self::Withdrawal => 2,
            Self::Refund => 3,
        }
    }
}

/// Where a transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A payment waits for the patient; a refund or withdrawal waits for the hospital.
    Pending,
    /// The money has moved.
    Completed,
    /// It has not, or it is back where it was: [`Transaction::reason`] says why.
    Failed,
}

impl Status {
    /// All of them, by their words.
    pub const WORDS: [(&'static str, Self); 3] =
        [("pending", Self::Pending), ("completed", Self::Completed), ("failed", Self::Failed)];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    const fn code(self) -> u64 {
        match self {
            Self::Pending => 1,
            Self::Completed => 2,
            Self::Failed => 3,
        }
    }
}

/// Why a transaction failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody paid in time.
    Expired,
    /// The patient, or their bank, said no.
    Declined,
    /// The payment gateway did not take the request.
    Gateway,
    /// The hospital said no.
    Rejected,
}

impl Reason {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Declined => "declined",
            Self::Gateway => "gateway",
            Self::Rejected => "rejected",
        }
    }
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its id.
    pub id: TransactionId,
    /// What it is.
    pub kind: TransactionKind,
    /// Where it stands.
    pub status: Status,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// Whose wallet it is about.
    pub doctor: UserId,
    /// How much: above nothing.
    pub money: Money,
    /// The patient's telephone number as sent; `""` for a withdrawal.
    pub phone: String,
    /// As sent.
    pub description: String,
    /// Of a payment: where the patient pays; `""` until the gateway has said.
    pub pay_url: String,
    /// Of a payment: what the provider calls it.
    pub provider_reference: String,
    /// Of a payment: the moment from which it is not waited for any more.
    pub expires_at: Option<Time>,
    /// Of a payment: whether it was paid after that moment. The money is booked all the same.
    pub late: bool,
    /// Of a payment: how much of it was, or is to be, given back.
    pub refunded: i64,
    /// Of a refund: of which payment.
    pub refund_of: Option<TransactionId>,
    /// Of a refund or withdrawal: what the hospital said to it.
    pub note: String,
    /// Of a refund or withdrawal: who in the hospital completed or rejected it.
    pub settled_by: Option<UserId>,
    /// When it was asked for.
    pub created_at: Time,
    /// When the money had moved.
    pub completed_at: Option<Time>,
    /// When it changed last.
    pub updated_at: Time,
}

impl Transaction {
    /// A transaction that is asked for now.
    pub fn new(id: TransactionId, kind: TransactionKind, doctor: UserId, money: Money, now: Time) -> Self {
        Self {
            id,
            kind,
            status: Status::Pending,
            reason: None,
            doctor,
            money,
            phone: String::new(),
            description: String::new(),
            pay_url: String::new(),
            provider_reference: String::new(),
            expires_at: None,
            late: false,
            refunded: 0,
            refund_of: None,
            note: String::new(),
            settled_by: None,
            created_at: now,
            completed_at: None,
            updated_at: now,
        }
    }

    /// Of a payment, how much can still be given back.
    pub const fn refundable(&self) -> Money {
        let left = self.money.minor.saturating_sub(self.refunded);
        Money::of(if matches!(self.status, Status::Completed) { left } else { 0 }, self.money.currency)
    }
}

/// The equal fields of the list of transactions: each has a row for every way to ask for it. `None` is any.
pub fn filter_key(doctor: Option<UserId>, kind: Option<TransactionKind>, status: Option<Status>) -> Key {
    Key::of(doctor.map_or(0, UserId::get))
        .and(kind.map_or(0, TransactionKind::code))
        .and(status.map_or(0, Status::code))
}

impl Document for Transaction {
    const KIND: RecordKind = RecordKind::Transaction;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let mut rows = Vec::with_capacity(9);
        for doctor in [None, Some(self.doctor)] {
            for kind in [None, Some(self.kind)] {
                for status in [None, Some(self.status)] {
                    let eq = filter_key(doctor, kind, status);
                    rows.push(IndexRow { list: List::Transactions, eq, sort: self.created_at.sort_key() });
                }
            }
        }
        if self.status == Status::Pending
            && let Some(expires) = self.expires_at
        {
            rows.push(IndexRow { list: List::PaymentsDue, eq: Key::all(), sort: expires.sort_key() });
        }
        rows
    }
}
