//! A hospital's ledger: doctors' wallets, and the money that comes in, goes back and is paid out.
//!
//! Double entry: whatever moves money is an [`Entry`] whose postings sum to nothing, committed together with the
//! transaction that it is about and the balances that it changes. Balances are whole numbers of a currency's smallest
//! units, so that they are exact, and each is what a recount of the entries gives ([`Recount`]).
//!
//! Start reading at [`Transaction`] (what people see), then [`LedgerView::step`] (what may happen to one).

mod account;
mod command;
mod entry;
mod money;
mod notice;
mod recount;
mod settle;
mod step;
mod terms;
mod transaction;

pub use account::{Account, LedgerAccount};
pub use command::{LedgerAnswer, LedgerCommand, LedgerView, Outcome};
pub use entry::{Entry, Movement, Posting};
pub use money::{Currency, Money};
pub use notice::{ProviderNotice, Said};
pub use recount::{LedgerFault, Recount};
pub use step::Stepped;
pub use terms::Terms;
pub use transaction::{Reason, Status, Transaction, TransactionKind, filter_key};

/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 500;
/// Longest address of a pay page, in characters.
pub const MAX_URL: usize = 2_000;
/// Longest name that a provider gives to a payment or an event, in characters.
pub const MAX_REFERENCE: usize = 128;
/// The largest amount that settings can allow: exact in a JSON number, and a million of them fit a balance.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;

#[cfg(test)]
mod tests;
