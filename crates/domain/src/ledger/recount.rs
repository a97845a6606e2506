//! Counting a ledger anew: what the entries give must be what the accounts say.

use super::{Account, Currency, Entry, LedgerAccount};
use crate::id::Id;
use std::collections::BTreeMap;

/// Sums of entries, as far as they were read. It is wider than any balance, so that a sum is never cut.
#[derive(Debug, Clone, Default)]
pub struct Recount {
    sums: BTreeMap<(Account, Currency), i128>,
    entries: u64,
    unbalanced: Vec<Id>,
}

/// What is wrong with a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// An entry makes or loses money.
    #[error("entry {0} does not sum to nothing")]
    Unbalanced(Id),
    /// An account says otherwise than its entries.
    #[error("account {account:?} says {says} {currency:?}, its entries give {gives}")]
    Differs {
        /// Which.
        account: Account,
        /// Of which currency.
        currency: Currency,
        /// What it says.
        says: i128,
        /// What they give.
        gives: i128,
    },
    /// An account that must not owe anything does.
    #[error("account {0:?} is below nothing")]
    Owes(Account),
}

impl Recount {
    /// Counts an entry.
    pub fn take(&mut self, entry: &Entry) {
        self.entries += 1;
        if !entry.is_balanced() {
            self.unbalanced.push(entry.id);
        }
        for posting in entry.postings {
            let sum = self.sums.entry((posting.account, posting.money.currency)).or_default();
            *sum += i128::from(posting.money.minor);
        }
    }

    /// How many were counted.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// What is wrong, given every account that there is.
    pub fn faults<'a>(&self, accounts: impl IntoIterator<Item = &'a LedgerAccount>) -> Vec<LedgerFault> {
        let mut faults: Vec<_> = self.unbalanced.iter().copied().map(LedgerFault::Unbalanced).collect();
        let mut left = self.sums.clone();
        for holds in accounts {
            let account = holds.account;
            for (&currency, &says) in &holds.balances {
                let (says, gives) = (i128::from(says), left.remove(&(account, currency)).unwrap_or(0));
                if says != gives {
                    faults.push(LedgerFault::Differs { account, currency, says, gives });
                }
                if says < 0 && !account.may_owe() {
                    faults.push(LedgerFault::Owes(account));
                }
            }
        }
        let missing = left.into_iter().filter(|(_, gives)| *gives != 0);
        faults.extend(missing.map(|((account, currency), gives)| LedgerFault::Differs {
            account,
            currency,
            says: 0,
            gives,
        }));
        faults
    }
}
