//! What can be told to a hospital's ledger, and what it answers.

use super::{LedgerAccount, ProviderNotice, Terms, Transaction};
use crate::id::{Id, TransactionId, UserId};
use crate::record::ClaimOp;
use std::collections::BTreeMap;

/// What can be told to a ledger. `entry` is the id of the entry that it may make.
#[derive(Debug, Clone)]
pub enum LedgerCommand {
    /// A doctor asks for a payment. It stands before the gateway hears of it.
    Request {
        /// The payment, pending.
        payment: Box<Transaction>,
        /// What the operator allows.
        terms: Terms,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// The gateway has taken a payment on.
    Begun {
        /// Which.
        payment: TransactionId,
        /// Where the patient pays.
        pay_url: String,
        /// What the provider calls it.
        reference: String,
    },
    /// The gateway has not.
    NotBegun {
        /// Which.
        payment: TransactionId,
    },
    /// The provider tells something.
    Notice {
        /// What.
        notice: Box<ProviderNotice>,
        /// See above.
        entry: Id,
    },
    /// Nobody paid in time, if so.
    Expire {
        /// Which.
        payment: TransactionId,
    },
    /// A doctor takes money out.
    Withdraw {
        /// The withdrawal, pending.
        withdrawal: Box<Transaction>,
        /// What the operator allows.
        terms: Terms,
        /// See above.
        entry: Id,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// A patient is to get money back.
    Refund {
        /// The refund, pending; it names its payment. An amount of 0 is all that is left of it.
        refund: Box<Transaction>,
        /// What the operator allows.
        terms: Terms,
        /// See above.
        entry: Id,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// The hospital has carried a refund or withdrawal out, or will not.
    Settle {
        /// Which.
        transaction: TransactionId,
        /// Whether it was carried out.
        done: bool,
        /// What the hospital says to it.
        note: String,
        /// Who.
        by: UserId,
        /// See above.
        entry: Id,
    },
}

impl LedgerCommand {
    /// The transaction that must be in hand; of a refund that is asked for, its payment.
    pub fn about(&self) -> Option<TransactionId> {
        match self {
            Self::Request { .. } | Self::Withdraw { .. } => None,
            Self::Begun { payment, .. } | Self::NotBegun { payment } | Self::Expire { payment } => {
                Some(*payment)
            }
            Self::Notice { notice, .. } => Some(notice.transaction),
            Self::Refund { refund, .. } => refund.refund_of,
            Self::Settle { transaction, .. } => Some(*transaction),
        }
    }

    /// What is asked for anew: its doctor's waiting ones are counted.
    pub fn asks(&self) -> Option<&Transaction> {
        match self {
            Self::Request { payment: new, .. }
            | Self::Withdraw { withdrawal: new, .. }
            | Self::Refund { refund: new, .. } => Some(new),
            _ => None,
        }
    }
}

/// What came of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something is asked for and stands.
    Asked,
    /// A payment can be paid.
    Begun,
    /// A payment was paid in time.
    Paid,
    /// A payment was paid though it was not waited for any more.
    PaidLate,
    /// A payment was not paid, and will not be.
    Failed,
    /// A refund or withdrawal was carried out.
    Settled,
    /// A refund or withdrawal will not be.
    Rejected,
    /// Nothing: it was so already.
    Unchanged,
}

/// What a ledger answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// The transaction as it is now.
    pub transaction: Transaction,
    /// What came of the command.
    pub outcome: Outcome,
}

/// What a decision rests on.
#[derive(Debug, Clone, Default)]
pub struct LedgerView {
    /// What the command is about ([`LedgerCommand::about`]).
    pub transaction: Option<Transaction>,
    /// Where that is a refund: its payment.
    pub payment: Option<Transaction>,
    /// The accounts that there are of the fixed ones and the doctor's, by the ids of their documents.
    pub accounts: BTreeMap<Id, LedgerAccount>,
    /// How many of the doctor's transactions of the kind that is asked for wait already.
    pub pending: u64,
}
