//! The chart of accounts, and what each holds.

use super::{Currency, Money};
use crate::id::{Id, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An account of a hospital's ledger. Money that comes in from outside makes [`Account::Clearing`] negative by as much
/// as it makes a wallet positive: all accounts together hold nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What a doctor has. Never negative.
    Wallet(UserId),
    /// What the payment provider has taken from patients, less what went back to them; negative.
    Clearing,
    /// What is on its way back to patients. Never negative.
    RefundsDue,
    /// What is on its way to doctors. Never negative.
    PayoutsDue,
    /// What doctors were paid out. Never negative.
    PaidOut,
}

impl Account {
    /// Those that a hospital has one of.
    pub const FIXED: [Self; 4] = [Self::Clearing, Self::RefundsDue, Self::PayoutsDue, Self::PaidOut];

    /// The id of its document: a wallet's is the doctor's. No minted id is as small as the fixed ones.
    pub fn id(self) -> Id {
        let number = match self {
            Self::Wallet(doctor) => doctor.get(),
            Self::Clearing => 1,
            Self::RefundsDue => 2,
            Self::PayoutsDue => 3,
            Self::PaidOut => 4,
        };
        Id::new(number).unwrap_or_default()
    }

    /// Whether it may be negative.
    pub const fn may_owe(self) -> bool {
        matches!(self, Self::Clearing)
    }
}

/// What an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerAccount {
    /// Which.
    pub account: Account,
    /// How much of each currency, in its smallest units.
    pub balances: BTreeMap<Currency, i64>,
    /// When something was first posted to it.
    pub created_at: Time,
    /// When something was last posted to it.
    pub updated_at: Time,
}

impl LedgerAccount {
    /// Nothing yet.
    pub const fn new(account: Account, now: Time) -> Self {
        Self { account, balances: BTreeMap::new(), created_at: now, updated_at: now }
    }

    /// What it holds of a currency.
    pub fn balance(&self, currency: Currency) -> Money {
        Money::of(self.balances.get(&currency).copied().unwrap_or(0), currency)
    }
}

impl Document for LedgerAccount {
    const KIND: RecordKind = RecordKind::LedgerAccount;
    fn record_id(&self) -> Id {
        self.account.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::LedgerAccounts, eq: Key::all(), sort: self.created_at.sort_key() }]
    }
}
