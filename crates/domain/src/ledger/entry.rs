//! Entries: what moved, from where to where.

use super::{Account, Money};
use crate::id::{Id, TransactionId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// A patient has paid.
    Paid,
    /// A refund is asked for: the money leaves the wallet.
    RefundAsked,
    /// The patient has it back.
    RefundMade,
    /// The patient does not get it back: it is the doctor's again.
    RefundRefused,
    /// A withdrawal is asked for: the money leaves the wallet.
    PayoutAsked,
    /// The doctor has it.
    PayoutMade,
    /// The doctor does not get it: it is in the wallet again.
    PayoutRefused,
}

/// What an entry does to one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// To which.
    pub account: Account,
    /// How much: negative where it leaves.
    pub money: Money,
}

/// One movement of money. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: Id,
    /// The transaction that it is about.
    pub transaction: TransactionId,
    /// Why.
    pub movement: Movement,
    /// What it does; sums to nothing.
    pub postings: [Posting; 2],
    /// When.
    pub at: Time,
}

impl Entry {
    /// Moves money from one account to another; `None` for an amount that is not above nothing.
    pub fn new(
        id: Id,
        transaction: TransactionId,
        movement: Movement,
        money: Money,
        [from, to]: [Account; 2],
        at: Time,
    ) -> Option<Self> {
        let out = money.negated().filter(|_| money.minor > 0)?;
        let postings = [Posting { account: from, money: out }, Posting { account: to, money }];
        Some(Self { id, transaction, movement, postings, at })
    }

    /// Whether its postings sum to nothing.
    pub fn is_balanced(&self) -> bool {
        let [one, other] = self.postings;
        one.account != other.account && one.money.plus(other.money).is_some_and(|sum| sum.minor == 0)
    }
}

impl Document for Entry {
    const KIND: RecordKind = RecordKind::LedgerEntry;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::LedgerEntries, eq: Key::all(), sort: self.at.sort_key() }]
    }
}
